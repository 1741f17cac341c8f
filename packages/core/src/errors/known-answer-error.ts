import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** A model does not reproduce the known answer of its checkpoint on this engine. Its code is `'KNOWN_ANSWER'`. */
export class KnownAnswerError extends SofdError {
  static override readonly code = 'KNOWN_ANSWER';
  override readonly name = 'KnownAnswerError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('KNOWN_ANSWER', message, options);
  }
}
