import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** An option or argument is missing, misspelt or out of range. Its code is `'INVALID_OPTION'`. */
export class InvalidOptionError extends SofdError {
  static override readonly code = 'INVALID_OPTION';
  override readonly name = 'InvalidOptionError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('INVALID_OPTION', message, options);
  }
}
