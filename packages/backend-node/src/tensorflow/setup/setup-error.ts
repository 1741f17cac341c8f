import { BackendUnavailableError } from '@sofd/core';

/** The error of a set-up that cannot be done. */
export const setupError = (
  { expected, got, remedy }: { readonly expected: string; readonly got: string; readonly remedy: string },
  cause?: unknown,
): BackendUnavailableError =>
  new BackendUnavailableError(`setup tensorflow: expected ${expected}, got ${got}; ${remedy}`, { cause });

/** The end of what a program said, which is where the reason stands. */
export const lastLines = (text: string, count: number): string =>
  text
    .trim()
    .split('\n')
    .slice(-count)
    .map((line) => line.trim())
    .join(' | ');
