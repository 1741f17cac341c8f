import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** An engine, platform or version cannot do what was asked. Its code is `'UNSUPPORTED_OP'`. */
export class UnsupportedOpError extends SofdError {
  static override readonly code = 'UNSUPPORTED_OP';
  override readonly name = 'UnsupportedOpError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('UNSUPPORTED_OP', message, options);
  }
}
