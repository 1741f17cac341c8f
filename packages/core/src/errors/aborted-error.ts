import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** The caller stopped the work through an `AbortSignal`. Its code is `'ABORTED'`. */
export class AbortedError extends SofdError {
  static override readonly code = 'ABORTED';
  override readonly name = 'AbortedError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('ABORTED', message, options);
  }
}
