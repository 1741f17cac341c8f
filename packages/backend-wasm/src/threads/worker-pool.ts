import { DeviceLostError, InvalidOptionError } from '@sofd/core';
import type { AddedKernels } from './added-kernels.js';
import { awaitEnd, failureOf, maximumArguments, maySleep, post, takeBack } from './mailbox.js';
import { type PoolThread, type PoolThreadOptions, startPoolThread } from './pool-thread.js';

/** Runs exports of the kernel module on several threads, the caller's included. */
export interface WorkerPool {
  /** Threads, the caller's included. */
  readonly size: number;
  /** Why the caller's is the only thread although more were asked for, as a clause. */
  readonly shortfall: string | undefined;
  /**
   * Calls a kernel once a share, share 0 on the calling thread, and returns when all have ended. The calling thread also
   * takes shares that no other has begun when it is done with its own.
   *
   * @param kernel - the name of an export.
   * @param shares - the arguments of each call; as many calls as there are threads, or fewer.
   * @throws DeviceLostError when a call fails, or a thread is gone. The pool is of no more use then.
   */
  run(kernel: string, shares: readonly (readonly number[])[]): void;
  /** Ends the other threads. */
  dispose(): void;
}

/** What {@link createWorkerPool} needs. */
export interface WorkerPoolOptions {
  /** The kernels. They import `env.memory` and nothing else, and keep no state outside of it. */
  readonly module: WebAssembly.Module;
  /** What they work on; shared, unless there is only one thread. */
  readonly memory: WebAssembly.Memory;
  /** The exports of the calling thread's instance of the module. */
  readonly exports: WebAssembly.Exports;
  /** Threads to start, the caller's included. */
  readonly threads: number;
  /** Kernels beside those of the module, or in their place where the names are equal. */
  readonly added?: AddedKernels | undefined;
  /** How long the other threads may still compute when the caller has ended its share; 30 s when left out. */
  readonly callLimitMs?: number;
}

/**
 * Starts threads that run the kernels on one memory.
 *
 * They sleep while there is nothing to do, and do not keep the process alive. Where one does not start, as on a page whose
 * policy forbids workers, the pool has the calling thread only, and says why.
 */
export async function createWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const { module, memory, added, callLimitMs = 30_000 } = options;
  let others: readonly PoolThread[] = [];
  let lost: DeviceLostError | undefined;
  const dispose = () => {
    for (const { end } of others) end();
  };
  /** Nobody knows what the memory holds then, and a thread that is late may still write to it. */
  const lose = (reason: string) => {
    dispose();
    lost ??= new DeviceLostError(`worker pool: expected ${reason}; dispose of the engine and start it anew.`);
    return lost;
  };
  const onEnd = (reason: string) => void lose(`a thread to wait for calls, but it ended: ${reason}`);
  const { threads, shortfall } = await startAll({ module, memory, added, onEnd }, options.threads - 1);
  others = threads;
  const size = 1 + others.length;

  const exports: Readonly<Record<string, unknown>> = { ...options.exports, ...added?.kernels };
  const kernels = [...WebAssembly.Module.exports(module).map(({ name }) => name), ...Object.keys(added?.kernels ?? {})];
  const patience = { limitMs: callLimitMs, maySleep: size > 1 && maySleep() };
  const run: WorkerPool['run'] = (kernel, shares) => {
    if (lost) throw lost;
    // The last one: an added kernel comes before one of the module with its name.
    const index = kernels.lastIndexOf(kernel);
    if (index < 0)
      throw new InvalidOptionError(`worker pool: expected an exported kernel, got '${kernel}'; correct the name.`);
    assertShares(shares, size);
    const failures: string[] = [];
    const compute = (i: number) => {
      try {
        (exports[kernel] as CallableFunction)(...shares[i]!);
      } catch (error) {
        failures.push(`${error} in share ${i}`);
      }
    };
    for (let i = 1; i < shares.length; i += 1) post(others[i - 1]!.mailbox, index, shares[i]!);
    if (shares.length > 0) compute(0);
    // Threads that have not begun are asleep, or wait for a processor: sooner done than waited for.
    for (let i = 1; i < shares.length; i += 1) if (takeBack(others[i - 1]!.mailbox)) compute(i);
    for (let i = 1; i < shares.length; i += 1) {
      const { mailbox } = others[i - 1]!;
      const failure = awaitEnd(mailbox, patience) ? failureOf(mailbox) : `no answer for ${callLimitMs / 1000} s`;
      if (failure !== undefined) failures.push(`${failure} in share ${i}`);
    }
    if (failures.length > 0) throw lose(`${kernel} to end, got ${failures.join(', ')}`);
  };
  return { size, shortfall, run, dispose };
}

/** Starts all at once. When one does not start, the others are ended. */
async function startAll(
  options: PoolThreadOptions,
  count: number,
): Promise<{ threads: readonly PoolThread[]; shortfall: string | undefined }> {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, () => startPoolThread(options)));
  const threads = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return { threads, shortfall: undefined };
  for (const { end } of threads) end();
  const { reason } = failed;
  return { threads: [], shortfall: `a thread did not start: ${reason instanceof Error ? reason.message : reason}` };
}

/** Before any thread begins: one that got no call could not be waited for. */
function assertShares(shares: readonly (readonly number[])[], size: number): void {
  const longest = shares.reduce((length, share) => Math.max(length, share.length), 0);
  if (shares.length <= size && longest <= maximumArguments) return;
  throw new InvalidOptionError(
    `worker pool: expected at most ${size} shares of ${maximumArguments} arguments, got ${shares.length} of up to ${longest}; split the work otherwise.`,
  );
}
