import { SofdError } from '@sofd/core';

/** A command found no room to write; what was written before is whole. Its code is `'DISK_FULL'`. */
export class DiskFullError extends SofdError {
  static override readonly code = 'DISK_FULL';
  override readonly name = 'DiskFullError';

  constructor(message: string, options: { cause?: unknown } = {}) {
    super('DISK_FULL', message, options);
  }
}

const codes = ['ENOSPC', 'EDQUOT'];

/** Whether an error, or the one that led to it, says that there is no room on the disk or none left for the user. */
export function isDiskFull(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause)
    if (codes.includes((current as NodeJS.ErrnoException).code ?? '')) return true;
  return false;
}
