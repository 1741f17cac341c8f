import { SofdError, type SofdErrorOptions } from './sofd-error.js';

/** A label graph definition is wrong. Its code is `'LABEL_GRAPH'`. */
export class LabelGraphError extends SofdError {
  static override readonly code = 'LABEL_GRAPH';
  override readonly name = 'LabelGraphError';

  constructor(message: string, options?: SofdErrorOptions) {
    super('LABEL_GRAPH', message, options);
  }
}
