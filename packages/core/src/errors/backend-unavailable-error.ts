import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** No engine of those asked for works here. Its code is `'BACKEND_UNAVAILABLE'`. */
export class BackendUnavailableError extends SofdError {
  static override readonly code = 'BACKEND_UNAVAILABLE';
  override readonly name = 'BackendUnavailableError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('BACKEND_UNAVAILABLE', message, options);
  }
}
