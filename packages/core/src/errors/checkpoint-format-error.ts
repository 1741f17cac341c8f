import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** A checkpoint or tensor file is damaged, incomplete or of an unknown version. Its code is `'CHECKPOINT_FORMAT'`. */
export class CheckpointFormatError extends SofdError {
  static override readonly code = 'CHECKPOINT_FORMAT';
  override readonly name = 'CheckpointFormatError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('CHECKPOINT_FORMAT', message, options);
  }
}
