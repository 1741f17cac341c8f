import { AbortedError, type Batch, type BatchSource, parseOptions } from '@sofd/core';
import * as v from 'valibot';

/** A batch that was asked for before it was ready. */
export interface BatchWait {
  readonly epoch: number;
  readonly index: number;
  /** From the call to the batch. */
  readonly seconds: number;
}

/** How long callers waited for batches in all. */
export interface BatchWaits {
  /** How many batches were given out. */
  readonly batches: number;
  /** How many of them were not ready when they were asked for. The first one never is. */
  readonly waited: number;
  /** Time until those were. */
  readonly seconds: number;
}

/** Options of {@link prefetchBatches}. */
export interface PrefetchOptions {
  /** Most batches that are kept beyond the one last asked for, ready or being made. 2 by default. */
  readonly ahead?: number;
  /** Most batches that are made at the same time; as many as are kept by default. */
  readonly concurrency?: number;
  /** Is told of every batch that was not ready. */
  readonly onWait?: (wait: BatchWait) => void;
  /** Stops it, as `dispose` does. */
  readonly signal?: AbortSignal | undefined;
}

/** A batch source that reads ahead. */
export interface PrefetchedSource extends BatchSource {
  /** So far. */
  readonly waits: BatchWaits;
  /** Stops reading ahead and forgets what was read; whoever waits for a batch, or asks for another, gets an `AbortedError`. */
  dispose(): void;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const optionsSchema = v.strictObject({
  ahead: v.optional(count, 2),
  concurrency: v.optional(count),
  onWait: v.optional(v.function()),
  signal: v.optional(v.instance(AbortSignal)),
});

/** A batch that is being made or ready; `position` counts batches over all epochs. */
interface QueuedBatch {
  readonly position: number;
  readonly batch: Promise<Batch>;
  isReady: boolean;
}

const stoppedError = (cause?: unknown) =>
  new AbortedError('prefetchBatches: expected a source in use, got a disposed one; make another to go on.', { cause });

/** The first to come of a promise and the signal's abort. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(stoppedError(signal.reason));
    signal.addEventListener('abort', stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Keeps the batches after the one last taken, in order. */
function createQueue(source: BatchSource, { ahead, concurrency }: { ahead: number; concurrency: number }) {
  let queue: QueuedBatch[] = [];
  // Counts batches that nobody wants any more too, so that jumping about does not pile up work.
  let making = 0;
  let isStopped = false;
  const start = (position: number): QueuedBatch => {
    const [epoch, index] = [Math.floor(position / source.batchesPerEpoch), position % source.batchesPerEpoch];
    const make = async () => await source.batch(epoch, index);
    const queued = { position, batch: make(), isReady: false };
    making++;
    const settle = () => {
      queued.isReady = true;
      making--;
      fill();
    };
    // An error waits for the caller who asks for this batch.
    queued.batch.then(settle, settle);
    return queued;
  };
  let next = 0;
  const fill = () => {
    while (!isStopped && queue.length < ahead && making < concurrency) queue.push(start(next++));
  };
  return {
    /** Takes a batch out, and starts what fills the queue after it. */
    take(position: number): QueuedBatch {
      queue = queue.filter((queued) => queued.position >= position);
      const first = queue[0]?.position === position ? queue.shift()! : undefined;
      if (first === undefined) [queue, next] = [[], position + 1];
      const taken = first ?? start(position);
      fill();
      return taken;
    },
    stop() {
      isStopped = true;
      queue = [];
    },
  };
}

/**
 * Reads batches ahead: while a step computes, the batches after its own are made, in order and across the ends of epochs.
 * They are those of the source, bit for bit.
 *
 * The first call says where to start; a call elsewhere restarts there. An error comes with the batch that it belongs to, and
 * asking for that batch again tries again. Memory holds at most `ahead` batches besides the one given out.
 *
 * Batches that this thread makes do not come while it computes: where its source works in other threads (see
 * `createBatchWorkers` of `@sofd/dataset/node`) or waits for files, reading ahead hides that time.
 *
 * @param source - where the batches come from; it stays the caller's to close
 * @param options - how far ahead, and what to do when a caller waits
 * @returns the same batches, how long callers waited, and `dispose`
 * @throws InvalidOptionError where an option is wrong
 * @throws AbortedError from `batch`, once it is disposed of or `signal` is aborted
 * @example
 * ```ts
 * const source = prefetchBatches(createArraySource(rows, { batchSize: 4, seed: 1 }), { ahead: 4 });
 * for (let index = 0; index < source.batchesPerEpoch; index++) await source.batch(0, index);
 * source.waits.batches; // 2
 * source.dispose();
 * ```
 */
export function prefetchBatches(source: BatchSource, options: PrefetchOptions = {}): PrefetchedSource {
  const { ahead, concurrency = ahead, signal } = parseOptions(optionsSchema, options, 'prefetchBatches');
  const queue = createQueue(source, { ahead, concurrency });
  const stopping = new AbortController();
  const waits = { batches: 0, waited: 0, seconds: 0 };
  const stop = (reason?: unknown) => {
    signal?.removeEventListener('abort', onAbort);
    queue.stop();
    stopping.abort(reason);
  };
  const onAbort = () => stop(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  const wait = async ({ batch }: QueuedBatch, place: Pick<BatchWait, 'epoch' | 'index'>): Promise<Batch> => {
    const start = performance.now();
    const made = await untilAborted(batch, stopping.signal);
    const seconds = (performance.now() - start) / 1000;
    waits.waited++;
    waits.seconds += seconds;
    options.onWait?.({ ...place, seconds });
    return made;
  };
  return {
    batchesPerEpoch: source.batchesPerEpoch,
    get waits() {
      return { ...waits };
    },
    async batch(epoch, index) {
      if (stopping.signal.aborted) throw stoppedError(stopping.signal.reason);
      const taken = queue.take(epoch * source.batchesPerEpoch + index);
      const batch = await (taken.isReady ? taken.batch : wait(taken, { epoch, index }));
      waits.batches++;
      return batch;
    },
    dispose: () => stop(),
  };
}
