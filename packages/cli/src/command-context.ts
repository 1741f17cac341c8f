import type { Progress } from '@sofd/core';

/** What a command may use of the outside besides its options: text for a person, progress, and a way to be stopped. */
export interface CommandContext {
  /** Prints one line for a person (standard error, so that results can be piped). Silent under `--quiet`. */
  readonly log: (line: string) => void;
  /** Reports progress of long work. Silent under `--quiet`. */
  readonly progress: Progress;
  /** Aborted on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Options that every command takes. */
export interface CommonOptions {
  /** File that the command's result is written to as JSON. */
  readonly json?: string;
  /** Seed of everything random. @default 1 */
  readonly seed: number;
  /** Engine that computes. @default 'auto' */
  readonly engine: EngineName;
  /** Print nothing but errors. @default false */
  readonly quiet: boolean;
}

/** Engines that the command line can ask for. `auto` takes the first usable of native and wasm. */
export const engineNames = ['auto', 'native', 'wasm', 'webgpu', 'tensorflow', 'reference'] as const;

/** An engine by the name that the command line takes. */
export type EngineName = (typeof engineNames)[number];
