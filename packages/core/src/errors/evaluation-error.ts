import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** A metric cannot be computed from the scores given. Its code is `'EVALUATION'`. */
export class EvaluationError extends SofdError {
  static override readonly code = 'EVALUATION';
  override readonly name = 'EvaluationError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('EVALUATION', message, options);
  }
}
