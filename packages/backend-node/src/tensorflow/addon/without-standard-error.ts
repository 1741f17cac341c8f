import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

const standardError = 2;

/**
 * Runs a function while what native code writes to standard error is dropped.
 *
 * TensorFlow writes some messages before any of its settings is read.
 *
 * @param isWanted - false just runs the function.
 * @param run - synchronous, so that nothing else of this thread runs meanwhile.
 */
export async function withoutStandardError<T>(isWanted: boolean, run: () => T): Promise<T> {
  const descriptors = isWanted ? await bindDescriptors() : undefined;
  if (!descriptors) return run();
  const saved = descriptors.dup(standardError);
  const nowhere = openSync(devNull, 'w');
  descriptors.dup2(nowhere, standardError);
  try {
    return run();
  } finally {
    descriptors.dup2(saved, standardError);
    for (const descriptor of [saved, nowhere]) closeSync(descriptor);
  }
}

interface Descriptors {
  readonly dup: (descriptor: number) => number;
  readonly dup2: (from: number, to: number) => number;
}

/** The C library's functions for file descriptors, which Node does not show. */
async function bindDescriptors(): Promise<Descriptors | undefined> {
  try {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(null);
    return { dup: library.func('int dup(int)'), dup2: library.func('int dup2(int, int)') } as Descriptors;
  } catch {
    return undefined;
  }
}
