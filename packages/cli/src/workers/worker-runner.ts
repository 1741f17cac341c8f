import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { DatasetError, throwIfAborted } from '@sofd/core';
import { describeJob, type ExpandJob, type JobRunner, type RunOptions } from '@sofd/dataset/node';
import type { WorkerAnswer, WorkerSettings } from './worker-messages.js';

/**
 * A worker holds an engine, the models of the finder and one image or frame with its crops. Peak memory of `sofd expand` with
 * one and two workers: 0.36 and 0.49 GB (wasm), 0.35 and 0.53 GB (native) on photographs of 2.7 megapixels, 0.64 and 0.85 GB
 * (wasm) on ones of 39. The process itself takes 0.14 GB of it, so a worker 0.5 GB at most; the largest photographs have 50.
 */
const bytesPerWorker = 1024 ** 3;

/** One worker a core, where the memory is enough. */
export const defaultJobs = (): number =>
  Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / bytesPerWorker)));

/** A runner that holds threads until it is closed. */
export interface WorkerRunner extends JobRunner {
  close(): Promise<void>;
}

/** Gives a worker one job. */
function runOne(worker: Worker, job: ExpandJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new DatasetError(`expand: expected to finish ${describeJob(job)}, got: ${reason}`));
    const onMessage = ({ error }: WorkerAnswer) => settle(() => (error === null ? resolve() : fail(error)));
    const onError = (error: Error) => settle(() => fail(`a crash of its worker (${error.message})`));
    const onExit = (code: number) => settle(() => fail(`the end of its worker (exit code ${code})`));
    const settle = (then: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      then();
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job);
  });
}

function startWorker(settings: WorkerSettings): Worker {
  const path = createRequire(import.meta.url).resolve('#cli/expand-worker');
  // A worker is one thread: engines that start more of their own would fight over the cores.
  return new Worker(path, { workerData: settings, env: { ...process.env, SOFD_THREADS: '1' } });
}

/**
 * Does jobs in threads, each with an engine and a finder of its own.
 *
 * @param options how many threads at most, and their engine
 * @returns a runner; `close` ends its threads
 */
export function createWorkerRunner({ jobs: size, engine }: WorkerSettings & { readonly jobs: number }): WorkerRunner {
  const workers: Worker[] = [];
  const close = async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  };
  async function run(jobs: readonly ExpandJob[], { onDone, signal }: RunOptions): Promise<void> {
    throwIfAborted(signal, 'expand');
    while (workers.length < Math.min(size, jobs.length)) workers.push(startWorker({ engine }));
    let next = 0;
    const work = async (worker: Worker) => {
      while (next < jobs.length) {
        const job = jobs[next++]!;
        await runOne(worker, job);
        onDone(job);
      }
    };
    // Ending a thread in the middle of a job is safe: its result is there when it is whole, and not before.
    signal?.addEventListener('abort', close);
    try {
      await Promise.all(workers.map(work));
    } catch (error) {
      await close();
      throwIfAborted(signal, 'expand');
      throw error;
    } finally {
      signal?.removeEventListener('abort', close);
    }
  }
  return { engine, run, close };
}
