import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** A data set folder is incomplete or contradicts itself. Its code is `'DATASET'`. */
export class DatasetError extends SofdError {
  static override readonly code = 'DATASET';
  override readonly name = 'DatasetError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('DATASET', message, options);
  }
}
