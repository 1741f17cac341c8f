import { AbortedError } from '@sofd/core';

/** Stops work that its caller no longer wants. */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted !== true) return;
  throw new AbortedError(`${where}: expected to run to its end, got an abort signal; start it again to begin anew`, {
    cause: signal.reason,
  });
}
