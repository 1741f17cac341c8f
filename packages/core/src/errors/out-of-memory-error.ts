import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** An engine has no memory left for a tensor. Use smaller batches or images, or another engine. Its code is `'OUT_OF_MEMORY'`. */
export class OutOfMemoryError extends SofdError {
  static override readonly code = 'OUT_OF_MEMORY';
  override readonly name = 'OutOfMemoryError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('OUT_OF_MEMORY', message, options);
  }
}
