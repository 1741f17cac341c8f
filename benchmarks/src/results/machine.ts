import { availableParallelism, cpus, totalmem } from 'node:os';
import type { CorePeak } from '../measure/core-peak.js';

/** Where and when results were measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Of a core, the best of the rounds; null where it was not measured. */
  readonly peak: CorePeak | null;
  /** ISO date. */
  readonly date: string;
}

/** This machine, today. */
export const describeMachine = (peak: CorePeak | undefined): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch}`,
  peak: peak ?? null,
  date: new Date().toISOString().slice(0, 10),
});
