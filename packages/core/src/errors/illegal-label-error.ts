import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** Labels contradict the edges of the label graph, or are not in it. Its code is `'ILLEGAL_LABEL'`. */
export class IllegalLabelError extends SofdError {
  static override readonly code = 'ILLEGAL_LABEL';
  override readonly name = 'IllegalLabelError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('ILLEGAL_LABEL', message, options);
  }
}
