import { execFile } from 'node:child_process';

/** An NVIDIA card, as its driver names it. */
export interface NvidiaGpu {
  readonly name: string;
  readonly memoryMiB: number;
  readonly driver: string;
}

/**
 * Asks the driver for the cards of this machine.
 *
 * @param which - only one, by its number or its UUID, as in `CUDA_VISIBLE_DEVICES`; all when left out.
 * @returns none where there is no card or no `nvidia-smi`.
 */
export function findNvidiaGpus(which?: string): Promise<NvidiaGpu[]> {
  const one = which === undefined ? [] : [`--id=${which}`];
  const args = [...one, '--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits'];
  return new Promise((resolve) => {
    // A driver in trouble may hang.
    execFile('nvidia-smi', args, { timeout: 10_000 }, (error, stdout) => resolve(error ? [] : parseGpus(stdout)));
  });
}

/** Reads lines of name, memory in MiB, version of the driver. */
export function parseGpus(csv: string): NvidiaGpu[] {
  return csv
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .flatMap(([name, memory, driver]) =>
      name && memory && driver ? [{ name, memoryMiB: Number(memory), driver }] : [],
    );
}

/** A card in a phrase: `NVIDIA H200, 140 GiB`. */
export const describeGpu = ({ name, memoryMiB }: NvidiaGpu): string =>
  Number.isFinite(memoryMiB) ? `${name}, ${Math.round(memoryMiB / 1024)} GiB` : name;
