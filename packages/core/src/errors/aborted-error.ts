import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** The caller stopped the work through an `AbortSignal`. Its code is `'ABORTED'`. */
export class AbortedError extends SofdError {
  static override readonly code = 'ABORTED';
  override readonly name = 'AbortedError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('ABORTED', message, options);
  }
}

/**
 * Ends work that its caller no longer wants.
 *
 * @param signal - of the caller; none never ends anything.
 * @param where - the call, for the message.
 * @throws AbortedError when the signal is aborted, with its reason as the cause.
 * @example
 * ```ts
 * import { throwIfAborted } from '@sofd/core';
 *
 * const controller = new AbortController();
 * throwIfAborted(controller.signal, 'detector.detect'); // nothing happens
 * ```
 */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (!signal?.aborted) return;
  throw new AbortedError(`${where}: expected to finish, got an aborted signal; call again without aborting.`, {
    cause: signal.reason,
  });
}
