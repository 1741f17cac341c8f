import type { EngineName } from '../command-context.js';

/** What a worker is started with. */
export interface WorkerSettings {
  readonly engine: EngineName;
}

/** What a worker says when a job is over. */
export interface WorkerAnswer {
  /** Message of the error that ended it, `null` where it is done. */
  readonly error: string | null;
}
