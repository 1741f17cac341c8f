import { BackendUnavailableError, InvalidOptionError } from '@sofd/core';
import type { Blas } from './blas.js';
import type { Foreign } from './foreign.js';
import type { Machine } from './machine.js';
import { accelerate } from './providers/accelerate.js';
import { mkl } from './providers/mkl.js';
import { numpyOpenBlas } from './providers/numpy.js';
import { openBlas } from './providers/openblas.js';
import type { BlasProvider } from './providers/provider.js';

const providers: readonly BlasProvider[] = [accelerate, mkl, openBlas, numpyOpenBlas];
const isPath = (choice: string) => /[/\\]|\.(so|dylib|dll)/.test(choice);

/**
 * Reads which library the user wants.
 *
 * @param choice - the environment variable `SOFD_BLAS`: a provider's name, or the path of a library.
 * @returns it, or undefined where the fastest is wanted.
 * @throws InvalidOptionError when it is neither.
 */
export function readChoice(choice: string | undefined): string | undefined {
  const names = providers.map(({ name }) => name);
  if (choice === undefined || names.includes(choice) || isPath(choice)) return choice;
  throw new InvalidOptionError(
    `SOFD_BLAS: expected ${names.join(', ')} or the path of a library, got '${choice}'; correct or unset the variable.`,
  );
}

/** Why there is no library, and what to do. */
export interface NoBlas {
  /** A clause. */
  readonly reason: string;
  /** A sentence. */
  readonly remedy: string;
}

/**
 * The fastest library of the machine that can be loaded, or the one that is wanted.
 *
 * @param choice - as {@link readChoice} returns it.
 */
export function findBlas(
  choice: string | undefined,
  { foreign, machine }: { readonly foreign: Foreign; readonly machine: Machine },
): Blas | NoBlas {
  const failures: string[] = [];
  for (const { provider, path } of listCandidates(choice, machine)) {
    try {
      return provider.open({ path, foreign, machine });
    } catch (cause) {
      failures.push(cause instanceof BackendUnavailableError ? cause.message : `${path}: ${cause}`);
    }
  }
  const wanted = choice === undefined ? 'BLAS library' : `library as SOFD_BLAS=${choice} asks for`;
  const tried = failures.map((failure) => `; ${failure}`).join('');
  return { reason: `no ${wanted} was found${tried}`, remedy: remedies[machine.platform] ?? 'Use wasm().' };
}

function listCandidates(
  choice: string | undefined,
  machine: Machine,
): readonly { readonly provider: BlasProvider; readonly path: string }[] {
  if (choice !== undefined && isPath(choice)) return [{ provider: guessProvider(choice), path: choice }];
  const candidates = choice === undefined ? rank(machine) : providers.filter(({ name }) => name === choice);
  return candidates.flatMap((provider) => provider.locate(machine).map((path) => ({ provider, path })));
}

/** Fastest first. MKL has its best kernels on Intel's processors only. */
function rank({ processor }: Machine): readonly BlasProvider[] {
  const others = [openBlas, numpyOpenBlas];
  return [accelerate, ...(/intel/i.test(processor) ? [mkl, ...others] : [...others, mkl])];
}

/** MKL and Accelerate go by their names; any other library is taken for one with OpenBLAS's interface. */
function guessProvider(path: string): BlasProvider {
  if (/mkl_rt/.test(path)) return mkl;
  return /Accelerate/.test(path) ? accelerate : openBlas;
}

const remedies: Readonly<Record<string, string>> = {
  linux:
    'Install OpenBLAS by `apt-get install libopenblas0-pthread`, or as your distribution calls it, or MKL by `pip install mkl`.',
  win32: 'Install MKL by `pip install mkl` into the active Python environment, or put libopenblas.dll on the PATH.',
};
