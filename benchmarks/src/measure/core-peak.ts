import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../peers/run-command.js';

/** The most that a core does. */
export interface CorePeak {
  readonly gflops: number;
  /** The vectors that were used: `'AVX-512'`. */
  readonly vectors: string;
}

/** Part of the program's name: another number where its source changes. */
const version = 1;

/**
 * Builds the program that measures a core's peak, once.
 *
 * @param source - `fma-peak.c`.
 * @param folder - the cache folder.
 * @returns a function that measures once, or undefined where there is no C compiler.
 */
export async function createPeakMeter(source: string, folder: string): Promise<(() => Promise<CorePeak>) | undefined> {
  const program = join(folder, `fma-peak-${version}`);
  try {
    await mkdir(folder, { recursive: true });
    if (!existsSync(program)) await runCommand('cc', ['-O2', '-ffp-contract=fast', '-o', program, source]);
  } catch {
    return undefined;
  }
  return async () => {
    const [gflops, vectors = ''] = (await runCommand(program, [])).trim().split(/ (.*)/);
    return { gflops: Number(gflops), vectors };
  };
}
