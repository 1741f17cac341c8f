import type { ExpandJob } from './expand-job.js';

/** What a {@link JobRunner} is told besides the jobs. */
export interface RunOptions {
  /** Called after each job, in any order. */
  readonly onDone: (job: ExpandJob) => void;
  /** Called with how the jobs are being done, for people, as `'3 workers'`. */
  readonly onStatus: (status: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Where jobs are done: in this process, in threads, or on other machines. */
export interface JobRunner {
  /** Name of the engine that finds the faces: other engines give other bytes. */
  readonly engine: string;
  /**
   * Does jobs in any order.
   *
   * @returns when the result of every job lies in its work folder
   * @throws AbortedError where the signal was raised; what is done stays done
   */
  run(jobs: readonly ExpandJob[], options: RunOptions): Promise<void>;
}
