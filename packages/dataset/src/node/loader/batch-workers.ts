import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AbortedError, DatasetError, parseOptions } from '@sofd/core';
import * as v from 'valibot';
import { createImageLoader, defaultCacheBytes, type ImageLoader } from '../../batches/image-loader.js';
import type { BatchAnswer, BatchJob, BatchWorkerSettings } from './batch-messages.js';
import { createFolderReader } from './folder-reader.js';

/** Options of {@link createBatchWorkers}. */
export interface BatchWorkersOptions {
  /** How many threads at most; 0 has the calling thread do it. By default one a core but one, at least 1. */
  readonly workers?: number;
  /** Most bytes of decoded images kept in memory, by all threads together; 256 MiB by default, 0 for none. */
  readonly cache?: number;
}

/** Threads that make the images of batches, for any number of sources over one data set. */
export interface BatchWorkers extends ImageLoader {
  /** How many threads at most; they are started as they are needed. */
  readonly workers: number;
  /** Ends the threads; what they were still to do fails with an `AbortedError`. */
  close(): Promise<void>;
}

const optionsSchema = v.strictObject({
  workers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), () => Math.max(1, availableParallelism() - 1)),
  cache: v.optional(v.pipe(v.number(), v.minValue(0)), defaultCacheBytes),
});

type Images = Float32Array<ArrayBuffer>;

/** A thread and what it has yet to answer. */
interface Thread {
  readonly pending: number;
  load(job: BatchJob): Promise<Images>;
  /** Ends it, as what waits for it is told. */
  end(reason: Error): Promise<void>;
}

/** A thread that is not alive any more calls `onEnd`. */
function startThread(settings: BatchWorkerSettings, onEnd: () => void): Thread {
  const path = createRequire(import.meta.url).resolve('#dataset/batch-worker');
  // Without the process's own flags, some of which no thread takes (`--input-type`).
  const worker = new Worker(path, { workerData: settings, execArgv: [] });
  const waiting = new Map<number, { resolve(images: Images): void; reject(reason: Error): void }>();
  const fail = (reason: Error) => {
    onEnd();
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  worker
    .on('error', ({ message }) => fail(new DatasetError(`a crash of its worker (${message})`)))
    .on('exit', (code) => fail(new DatasetError(`the end of its worker (exit code ${code})`)))
    .on('message', (answer: BatchAnswer) => {
      const caller = waiting.get(answer.job);
      waiting.delete(answer.job);
      // A thread without work does not keep the process alive.
      if (waiting.size === 0) worker.unref();
      if ('images' in answer) caller?.resolve(answer.images);
      else caller?.reject(new DatasetError(answer.error));
    });
  return {
    get pending() {
      return waiting.size;
    },
    load: (job) =>
      new Promise((resolve, reject) => {
        waiting.set(job.job, { resolve, reject });
        worker.ref();
        worker.postMessage(job);
      }),
    async end(reason) {
      fail(reason);
      await worker.terminate();
    },
  };
}

/** Gives each job to the thread that has the least to do. Jobs wait with their threads, for which a busy caller is no delay. */
function createThreads(size: number, settings: BatchWorkerSettings): Pick<BatchWorkers, 'load' | 'close'> {
  const threads = new Set<Thread>();
  let [jobs, closed] = [0, false];
  const findIdlest = (): Thread => {
    const [idlest] = [...threads].sort((a, b) => a.pending - b.pending);
    if (idlest !== undefined && (idlest.pending === 0 || threads.size === size)) return idlest;
    const started = startThread(settings, () => threads.delete(started));
    threads.add(started);
    return started;
  };
  const closedError = () =>
    new AbortedError('createBatchWorkers: expected open workers, got closed ones; close them after the last batch.');
  return {
    async load(images, normalisation) {
      if (closed) throw closedError();
      return await findIdlest().load({ job: jobs++, images, normalisation });
    },
    async close() {
      closed = true;
      await Promise.all([...threads].map((thread) => thread.end(closedError())));
    },
  };
}

/**
 * Starts threads that decode, augment, resize and normalise the images of batches, while the calling thread computes.
 *
 * Give them to `createBatchSource` as its `loader`, and read ahead with `prefetchBatches` of `@sofd/trainer`: without it
 * each batch is asked for when it is needed, and nothing is gained. The batches are the same for any number of threads.
 *
 * @param folder the data set's folder
 * @param options see {@link BatchWorkersOptions}
 * @returns a loader; `close` ends its threads
 * @throws InvalidOptionError where an option is wrong
 *
 * @example
 * ```ts
 * const loader = createBatchWorkers('faces', { workers: 2 });
 * const input = { batchSize: 8, imageSize: 224, mean, std, seed: 7 };
 * const source = createBatchSource(await openDataset('faces'), { split: 'train', augment: 'corruptions', loader, ...input });
 * const { images, targets } = await source.batch(0, 0);
 * await loader.close();
 * ```
 */
export function createBatchWorkers(folder: string, options: BatchWorkersOptions = {}): BatchWorkers {
  const { workers, cache } = parseOptions(optionsSchema, options, 'createBatchWorkers');
  const path = resolve(folder);
  if (workers > 0) return { workers, ...createThreads(workers, { folder: path, cache: Math.floor(cache / workers) }) };
  return { workers, ...createImageLoader(createFolderReader(path), cache), close: async () => {} };
}
