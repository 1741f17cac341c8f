import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** A file or buffer is not an image that can be read. Its code is `'IMAGE_DECODE'`. */
export class ImageDecodeError extends SofdError {
  static override readonly code = 'IMAGE_DECODE';
  override readonly name = 'ImageDecodeError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('IMAGE_DECODE', message, options);
  }
}
