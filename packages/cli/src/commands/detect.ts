import { SofdError } from '@sofd/core';
import { createDetector, type DetectionResult } from '@sofd/inference';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { CommandError } from '../command-error.js';

/** Options of `sofd detect`. */
export interface DetectCommandOptions extends CommonOptions {
  readonly files: readonly string[];
  readonly model: string;
  /** `none`: the images already are face crops. @default 'auto' */
  readonly crop: 'auto' | 'none';
}

/** The answer for one file: a result, or why there is none. */
export type FileDetection = { readonly file: string } & (
  | { readonly result: DetectionResult }
  | { readonly error: { readonly code: string; readonly message: string } }
);

/** What `sofd detect` found, file by file, in the order asked for. */
export interface DetectReport {
  readonly engine: string;
  readonly detections: readonly FileDetection[];
}

const percent = (probability: number): string => `${(100 * probability).toFixed(1)} %`;

function describe(result: DetectionResult): string[] {
  if (result.faces.length === 0) return ['  no face found'];
  return result.faces.map(
    ({ id, verdict, probability, explanation }) =>
      `  ${id}: ${verdict}, p(fake) ${percent(probability)}: ${explanation.summary}`,
  );
}

/**
 * Says of each face in the photographs whether, what and where it was altered. A file that cannot be read does not keep
 * the others from being answered.
 *
 * @throws {CommandError} when not one of the files could be read
 */
export async function detect(options: DetectCommandOptions, context: CommandContext): Promise<DetectReport> {
  const { files, model, engine, crop } = options;
  const { signal, progress, log } = context;
  const detector = await createDetector({ model, engine, signal });
  const detections: FileDetection[] = [];
  try {
    for (const [index, file] of files.entries()) {
      progress({ stage: 'detecting', done: index, total: files.length });
      try {
        detections.push({ file, result: await detector.detect(file, { crop, signal }) });
      } catch (error) {
        if (!SofdError.isInstance(error) || signal.aborted) throw error;
        detections.push({ file, error: { code: error.code, message: error.message } });
      }
    }
    progress({ stage: 'detecting', done: files.length, total: files.length });
  } finally {
    detector.dispose();
  }
  for (const detection of detections) {
    log(detection.file);
    for (const line of 'result' in detection ? describe(detection.result) : [`  failed: ${detection.error.message}`])
      log(line);
  }
  if (detections.every((detection) => 'error' in detection))
    throw new CommandError(
      `detect: none of the ${files.length} files could be read; the lines above say why${options.quiet ? ' without --quiet' : ''}.`,
    );
  return { engine: detector.info.engine, detections };
}
