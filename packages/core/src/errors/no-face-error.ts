import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** No face was found where one is needed. Its code is `'NO_FACE'`. */
export class NoFaceError extends SofdError {
  static override readonly code = 'NO_FACE';
  override readonly name = 'NoFaceError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('NO_FACE', message, options);
  }
}
