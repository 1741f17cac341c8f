import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** Training met a loss or gradient that is NaN or infinite. Its code is `'NON_FINITE_LOSS'`. */
export class NonFiniteLossError extends SofdError {
  static override readonly code = 'NON_FINITE_LOSS';
  override readonly name = 'NonFiniteLossError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('NON_FINITE_LOSS', message, options);
  }
}
