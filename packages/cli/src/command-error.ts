import { SofdError } from '@sofd/core';

/** A command could not do what was asked; the message says why and what to do. */
export class CommandError extends SofdError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('COMMAND', message, options);
  }
}
