import { once } from 'node:events';
import { hostname } from 'node:os';
import type { ExpandJob } from '@sofd/dataset/node';
import type { Job, Worker } from 'bullmq';
import type { EngineName } from '../command-context.js';
import { createWorkerRunner, type WorkerRunner } from '../workers/worker-runner.js';
import { findRefusal } from './find-refusal.js';
import { assertRedis, parseQueueAddress, toConnection } from './queue-address.js';
import {
  mapPath,
  type QueueJob,
  queueName,
  queuePrefix,
  type Refusal,
  type RootMapping,
  refusalMs,
} from './queue-job.js';
import { tellErrors } from './queue-runner.js';

/** A worker renews its lock while it lives, at half this time; a job whose lock is over is another worker's. */
const lockMs = 15_000;
/** How often jobs without a lock are looked for. */
const stalledMs = 10_000;
/** A job whose workers died so often is likely what kills them. */
const maxStalled = 3;
/** What a worker works for and how. */
export interface QueueWorkerOptions {
  readonly url: string;
  /** Threads. */
  readonly jobs: number;
  /** Folders of coordinators that are elsewhere here. */
  readonly roots: readonly RootMapping[];
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a worker did. */
export interface QueueWorkerSummary {
  readonly done: number;
  /** Attempts that ended with an error. */
  readonly failed: number;
  /** Jobs that are for others, or that were not finished at the end. */
  readonly handedBack: number;
}

/** Threads that are kept between jobs, each with the engine that it was started for. */
function createThreads() {
  const idle: WorkerRunner[] = [];
  return {
    async take(engine: EngineName): Promise<WorkerRunner> {
      const index = idle.findIndex((one) => one.engine === engine);
      if (index >= 0) return idle.splice(index, 1)[0]!;
      await idle.pop()?.close();
      return createWorkerRunner({ jobs: 1, engine });
    },
    giveBack: (thread: WorkerRunner) => idle.push(thread),
    close: () => Promise.all(idle.splice(0).map((thread) => thread.close())),
  };
}

const mapJob = (job: ExpandJob, roots: readonly RootMapping[]): ExpandJob => ({
  ...job,
  input: mapPath(job.input, roots),
  work: mapPath(job.work, roots),
});

/** Puts the worker to rest, so that it does not take every job once before it knows that it can do none. */
function rest(worker: Worker): void {
  if (worker.isPaused()) return;
  void worker.pause(true);
  setTimeout(() => worker.resume(), refusalMs).unref();
}

interface ProcessorContext extends Pick<QueueWorkerOptions, 'roots' | 'log' | 'signal'> {
  readonly threads: ReturnType<typeof createThreads>;
  readonly count: { -readonly [Key in keyof QueueWorkerSummary]: number };
  readonly bullmq: Pick<typeof import('bullmq'), 'UnrecoverableError' | 'WaitingError'>;
}

/** What is done with one job of the queue. */
function createProcessor({ roots, log, signal, threads, count, bullmq }: ProcessorContext) {
  const told = new Set<string>();
  return async (queued: Job<QueueJob>, token: string | undefined, worker: Worker): Promise<void> => {
    const job = mapJob(queued.data.job, roots);
    const refused = await findRefusal({ ...queued.data, job });
    if (refused !== null) {
      if (!told.has(refused)) log(`${refused} (jobs of ${job.work} are handed back)`);
      told.add(refused);
      count.handedBack++;
      rest(worker);
      await queued.updateProgress({ refused } satisfies Refusal);
      // To the coordinator, which queues it again; one that is gone does not, so that its jobs keep nobody busy.
      throw new bullmq.UnrecoverableError(refused);
    }
    // An engine by another name was refused.
    const thread = await threads.take(queued.data.engine as EngineName);
    try {
      await thread.run([job], { onDone: () => count.done++, onStatus: () => {}, signal });
    } catch (error) {
      if (signal.aborted) {
        count.handedBack++;
        await queued.moveToWait(token);
        throw new bullmq.WaitingError();
      }
      count.failed++;
      log(error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      threads.giveBack(thread);
    }
  };
}

/**
 * Does jobs of a queue until it is told to stop; then hands back what it is at.
 *
 * @param options see {@link QueueWorkerOptions}
 * @returns what it did
 * @throws CommandError where the Redis server cannot be reached
 */
export async function runQueueWorker(options: QueueWorkerOptions): Promise<QueueWorkerSummary> {
  const { url, jobs, roots, log, signal } = options;
  const address = parseQueueAddress(url);
  await assertRedis(address);
  const bullmq = await import('bullmq');
  const threads = createThreads();
  const count = { done: 0, failed: 0, handedBack: 0 };
  const process = createProcessor({ roots, log, signal, threads, count, bullmq });
  const worker: Worker<QueueJob> = new bullmq.Worker(queueName, (job, token) => process(job, token, worker), {
    prefix: queuePrefix,
    connection: toConnection(address),
    concurrency: jobs,
    name: hostname(),
    lockDuration: lockMs,
    stalledInterval: stalledMs,
    maxStalledCount: maxStalled,
  });
  tellErrors(worker, address, log);
  log(`Waiting for jobs of ${address.shown} with ${jobs} ${jobs === 1 ? 'thread' : 'threads'}; Ctrl-C ends it.`);
  if (!signal.aborted) await once(signal, 'abort');
  await worker.close();
  await threads.close();
  log(`Did ${count.done} jobs; ${count.failed} attempts failed, ${count.handedBack} were handed back.`);
  return count;
}
