import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetError, throwIfAborted } from '@sofd/core';
import { describeJob, type ExpandJob, type JobRunner, type RunOptions } from '@sofd/dataset/node';
import type { Job, Queue } from 'bullmq';
import { assertRedis, parseQueueAddress, type QueueAddress, toConnection, withRedis } from './queue-address.js';
import { nameJob, type QueueJob, queueName, queuePrefix, type Refusal, refusalMs, toQueueJob } from './queue-job.js';

/** Jobs of a run that are in the queue at once: many more than workers do in a poll, and few enough for Redis's memory. */
const windowSize = 1000;
const pollMs = 500;
/** How often workers are counted. */
const watchMs = 2000;
/** How often all jobs are queued again. Those that are there stay as they are; a server that lost its data gets them back. */
const requeueMs = 30_000;
/** Tidying up must not hold up the end of a run whose server is gone. */
const tidyMs = 5000;
/** Answers that nobody collects, as those of a run that was killed, are kept for a day. */
const keep = { age: 24 * 60 * 60 };
/** A hitch of the network or of a shared folder is over by then; what fails each time ends the run. */
const jobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: keep,
  removeOnFail: keep,
} as const;

/** A runner that holds a connection until it is closed. */
export interface QueueRunner extends JobRunner {
  close(): Promise<void>;
}

interface RunnerContext {
  readonly queue: Queue<QueueJob>;
  readonly address: QueueAddress;
  readonly engine: string;
  readonly log: (line: string) => void;
}

/** Jobs in the queue by their names there. */
type Outstanding = Map<string, ExpandJob>;

async function enqueue(
  jobs: Iterable<ExpandJob>,
  { queue, engine }: RunnerContext,
  { delay = 0 }: { readonly delay?: number } = {},
): Promise<void> {
  const all = [...jobs].map((job) => ({
    name: job.kind,
    data: toQueueJob(job, engine),
    opts: { ...jobOptions, delay, jobId: nameJob(job) },
  }));
  if (all.length > 0) await queue.addBulk(all);
}

/** Takes jobs out of the queue, but for those that a worker is at. */
const withdraw = (ids: Iterable<string>, queue: Queue<QueueJob>) => Promise.all([...ids].map((id) => queue.remove(id)));

function describeFailure({ failedReason: reason, processedBy }: Job<QueueJob>, job: ExpandJob): string {
  const where = processedBy === undefined ? '' : ` (worker on ${processedBy})`;
  // What a worker says of a job begins with the command; what the queue says, as of a job whose workers died, does not.
  const said = reason.startsWith('expand: ')
    ? reason
    : `expand: expected to finish ${describeJob(job)}, got: ${reason}`;
  return `${said}${where}`;
}

/** Ends the run for a job that failed; queues one again that was handed back, and says why, each reason once. */
async function collectFailed(outstanding: Outstanding, context: RunnerContext, told: Set<string>): Promise<void> {
  const { queue, log } = context;
  for (const id of await queue.getRanges(['failed'], 0, -1)) {
    const job = outstanding.get(id);
    const failed = job === undefined ? undefined : await queue.getJob(id);
    if (job === undefined || failed === undefined) continue;
    const { refused } = failed.progress as Partial<Refusal>;
    if (refused === undefined) throw new DatasetError(describeFailure(failed, job));
    if (!told.has(refused)) log(refused);
    told.add(refused);
    await withdraw([id], queue);
    await enqueue([job], context, { delay: refusalMs });
  }
}

/** Takes what workers have done out of the queue. */
async function collectDone(
  outstanding: Outstanding,
  { queue }: RunnerContext,
  onDone: (job: ExpandJob) => void,
): Promise<void> {
  const done = (await queue.getRanges(['completed'], 0, -1)).filter((id) => outstanding.has(id));
  await withdraw(done, queue);
  for (const id of done) {
    const job = outstanding.get(id)!;
    outstanding.delete(id);
    onDone(job);
  }
}

/** Says how many workers there are, and where to start some if there are none. */
function createWatch({ queue, address, log }: RunnerContext, onStatus: (status: string) => void) {
  let last: number | null = null;
  return async (): Promise<void> => {
    const count = await queue.getWorkersCount();
    if (count === last) return;
    last = count;
    onStatus(count === 0 ? 'waiting for workers' : `${count} ${count === 1 ? 'worker' : 'workers'}`);
    if (count > 0) return;
    log(`No worker is connected to ${address.shown}. Start one or more: sofd worker --queue ${address.shown}`);
  };
}

/** Waits for work at the end of a run, which may fail or take long: what it leaves, the next run and BullMQ's age limits remove. */
async function tidy(work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work.catch(() => {}), sleep(tidyMs, undefined, { signal: enough.signal }).catch(() => {})]);
  enough.abort();
}

/** Takes answers to an earlier run out of the queue: what has a result is not among the jobs. */
async function forgetAnswers(jobs: readonly ExpandJob[], { queue }: RunnerContext): Promise<void> {
  const own = new Set(jobs.map(nameJob));
  const answered = await queue.getRanges(['completed', 'failed'], 0, -1);
  await withdraw(
    answered.filter((id) => own.has(id)),
    queue,
  );
}

async function feed(
  jobs: readonly ExpandJob[],
  outstanding: Outstanding,
  { context, onDone, onStatus, signal }: RunOptions & { readonly context: RunnerContext },
): Promise<void> {
  const watch = createWatch(context, onStatus);
  const told = new Set<string>();
  await forgetAnswers(jobs, context);
  let next = 0;
  let [watchAt, requeueAt] = [0, performance.now() + requeueMs];
  while (next < jobs.length || outstanding.size > 0) {
    throwIfAborted(signal, 'expand');
    const fresh = jobs.slice(next, next + windowSize - outstanding.size);
    next += fresh.length;
    for (const job of fresh) outstanding.set(nameJob(job), job);
    const isDue = performance.now() >= requeueAt;
    if (isDue) requeueAt = performance.now() + requeueMs;
    await enqueue(isDue ? outstanding.values() : fresh, context);
    if (performance.now() >= watchAt) {
      watchAt = performance.now() + watchMs;
      await watch();
    }
    await collectDone(outstanding, context, onDone);
    await collectFailed(outstanding, context, told);
    if (outstanding.size > 0) await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => {});
  }
}

async function runQueued(
  jobs: readonly ExpandJob[],
  { signal, ...options }: RunOptions,
  context: RunnerContext,
): Promise<void> {
  const outstanding: Outstanding = new Map();
  // While the server is away its answers take as long as that; a person who stops the run does not want to wait for it.
  const stopped = new Promise<void>((resolve) => {
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([feed(jobs, outstanding, { context, signal, ...options }), stopped]);
    throwIfAborted(signal, 'expand');
  } finally {
    await tidy(withdraw(outstanding.keys(), context.queue));
  }
}

/** Removes what BullMQ keeps for the queue as a whole, unless another run uses it: every job's keys are gone by then. */
async function clean({ queue, address }: RunnerContext): Promise<void> {
  const counts = await queue.getJobCounts();
  if (Object.values(counts).some((count) => count > 0)) return;
  const keys = ['meta', 'id', 'events', 'marker'].map((key) => queue.toKey(key));
  await withRedis(address, (redis) => redis.del(...keys));
}

/**
 * Has jobs done by the workers of a queue, on any number of machines that see the same folders.
 *
 * @param options address of the Redis server, the engine that workers must use, and where to say what a person should know
 * @returns a runner; `close` ends its connection
 * @throws CommandError where the server cannot be reached
 */
export async function createQueueRunner({
  url,
  engine,
  log,
}: {
  readonly url: string;
  readonly engine: string;
  readonly log: (line: string) => void;
}): Promise<QueueRunner> {
  const address = parseQueueAddress(url);
  await assertRedis(address);
  const { Queue } = await import('bullmq');
  const queue = new Queue<QueueJob>(queueName, { prefix: queuePrefix, connection: toConnection(address) });
  tellErrors(queue, address, log);
  const context = { queue, address, engine, log };
  return {
    engine,
    run: (jobs, options) => runQueued(jobs, options, context),
    close: async () => {
      await tidy(clean(context));
      queue.disconnect();
    },
  };
}

/** Tells of a lost connection once: it is tried again until it is back. */
export function tellErrors(
  source: { on(event: 'error', listener: (error: Error) => void): unknown },
  { shown }: QueueAddress,
  log: (line: string) => void,
): void {
  let last = '';
  source.on('error', (error) => {
    const text = error.message || (error as NodeJS.ErrnoException).code || String(error);
    if (text !== last) log(`queue ${shown}: ${text}; trying again`);
    last = text;
  });
}
