import type { CommonOptions } from '../command-context.js';
import type { ExperimentSettings } from './apply-settings.js';

/** Options of `sofd train`; some are keys of the experiment. */
export interface TrainCommandOptions extends Omit<CommonOptions, 'seed'>, ExperimentSettings {
  /** Experiment files: .json, .mjs or .ts; several with `compare`. */
  readonly experiments: readonly string[];
  /** Folder of the run, or of the runs. */
  readonly output: string;
  /** Continue what the output folder holds. @default false */
  readonly resume: boolean;
  /** Train several experiments on the same data and say which is better. @default false */
  readonly compare?: boolean;
  /** Train each experiment with so many seeds, from its own on; one run without a series where not given. */
  readonly seeds?: number;
  /** Threads that make the batches of images, 0 for none. @default one a core but one */
  readonly workers?: number;
}
