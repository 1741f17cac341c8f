import type { CommandContext, CommonOptions } from '../command-context.js';
import type { RootMapping } from '../queue/queue-job.js';
import { type QueueWorkerSummary, runQueueWorker } from '../queue/queue-worker.js';
import { defaultJobs } from '../workers/worker-runner.js';

/** Options of `sofd worker`. */
export interface WorkerCommandOptions extends CommonOptions {
  /** Redis server, as `redis://host:6379`. */
  readonly queue: string;
  /** Threads; one a core where not given. */
  readonly jobs?: number;
  /** Folders of the runs that are elsewhere on this machine. */
  readonly root: readonly RootMapping[];
}

/** Does jobs of `sofd expand --queue` until it is stopped. Seed and engine are those of the run. */
export const worker = (
  { queue, jobs = defaultJobs(), root }: WorkerCommandOptions,
  { log, signal }: CommandContext,
): Promise<QueueWorkerSummary> => runQueueWorker({ url: queue, jobs, roots: root, log, signal });
