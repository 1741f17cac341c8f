import { throwIfAborted } from '@sofd/core';

/** Runs tasks one at a time, in the order of the calls. */
export interface Exclusive {
  /**
   * Runs `task` when all earlier ones have ended, whether or not they failed.
   *
   * @throws AbortedError as soon as `signal` is aborted while the task still waits; it is then never run.
   */
  run<Result>(
    task: () => Promise<Result>,
    options: { readonly where: string; readonly signal?: AbortSignal | undefined },
  ): Promise<Result>;
}

/** @returns a queue of its own, at rest. */
export function createExclusive(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task, { where, signal }) {
      let started = false;
      const turn = last.then(() => {
        throwIfAborted(signal, where);
        started = true;
        return task();
      });
      last = turn.catch(() => undefined);
      if (!signal) return turn;
      return new Promise((resolve, reject) => {
        const stopWaiting = () => {
          if (started) return;
          try {
            throwIfAborted(signal, where);
          } catch (error) {
            reject(error);
          }
        };
        signal.addEventListener('abort', stopWaiting, { once: true });
        stopWaiting();
        turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopWaiting));
      });
    },
  };
}

/**
 * The queue of everything that touches an engine: the active engine is one per process or page, so two detectors, or two
 * calls of one, must not interleave.
 */
export const engineQueue: Exclusive = createExclusive();
