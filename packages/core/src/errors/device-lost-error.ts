import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** The device that computes is gone: a driver was reset, or the GPU taken away. Start the engine anew. Its code is `'DEVICE_LOST'`. */
export class DeviceLostError extends SofdError {
  static override readonly code = 'DEVICE_LOST';
  override readonly name = 'DeviceLostError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('DEVICE_LOST', message, options);
  }
}
