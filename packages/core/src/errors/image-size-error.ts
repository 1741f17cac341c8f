import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** An image is too large or too small. Its code is `'IMAGE_SIZE'`. */
export class ImageSizeError extends SofdError {
  static override readonly code = 'IMAGE_SIZE';
  override readonly name = 'ImageSizeError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('IMAGE_SIZE', message, options);
  }
}
