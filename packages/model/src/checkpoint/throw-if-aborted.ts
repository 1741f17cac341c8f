import { AbortedError } from '@sofd/core';

/** Throws an AbortedError where `signal` has been aborted; `where` names the call in the message. */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (!signal?.aborted) return;
  throw new AbortedError(`${where}: expected to finish, got an aborted signal; call again without aborting.`, {
    cause: signal.reason,
  });
}
