import { type ExpansionSummary, expandFolder } from '@sofd/dataset/node';
import { createFaceFinder } from '@sofd/face';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { activateEngine } from '../engine.js';

/** Options of `sofd expand`. */
export interface ExpandCommandOptions extends CommonOptions {
  readonly input: string;
  readonly output: string;
  /** Label map of the alterations. @default 'training' */
  readonly annotation: 'training' | 'graph';
  /** Images that each mode makes of a face. @default 3 */
  readonly perFace: number;
  /** Least cosine similarity of two faces taken for one person; the data set package's default where not given. */
  readonly identityThreshold?: number;
  /** Replace a data set at the output. @default false */
  readonly overwrite: boolean;
}

/** Makes a labelled data set of real and altered faces from a folder of photographs. */
export async function expand(options: ExpandCommandOptions, context: CommandContext): Promise<ExpansionSummary> {
  const { input, output, seed, annotation, perFace, overwrite, identityThreshold } = options;
  const engine = await activateEngine(options.engine);
  const finder = await createFaceFinder();
  try {
    const summary = await expandFolder({
      input,
      output,
      finder,
      seed,
      annotation,
      perFace,
      overwrite,
      ...(identityThreshold === undefined ? {} : { identityThreshold }),
      onProgress: context.progress,
      signal: context.signal,
    });
    const modes = Object.entries(summary.expanded).map(([mode, count]) => `${count} ${mode}`);
    context.log(
      `${summary.faces} faces of ${summary.identities} people in ${summary.photos} photographs; ${modes.join(', ')} (engine ${engine.name}).`,
    );
    for (const { file, reason } of summary.skipped) context.log(`  skipped ${file}: ${reason}`);
    return summary;
  } finally {
    finder.dispose();
  }
}
