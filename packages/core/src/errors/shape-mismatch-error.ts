import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** An array has another shape or length than expected. Its code is `'SHAPE_MISMATCH'`. */
export class ShapeMismatchError extends SofdError {
  static override readonly code = 'SHAPE_MISMATCH';
  override readonly name = 'ShapeMismatchError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('SHAPE_MISMATCH', message, options);
  }
}
