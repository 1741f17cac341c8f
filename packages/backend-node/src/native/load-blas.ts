import type { Blas } from './blas.js';
import { findBlas, type NoBlas } from './find-blas.js';
import type { Foreign } from './foreign.js';
import { loadForeign } from './load-foreign.js';
import { describeMachine } from './machine.js';

/** A library, and the code and memory that it is used with. */
export interface LoadedBlas {
  readonly blas: Blas;
  readonly foreign: Foreign;
}

const loaded = new Map<string | undefined, LoadedBlas>();

/**
 * Loads the fastest library of the machine, or the one that is wanted, once for the process.
 *
 * @param choice - as {@link readChoice} returns it.
 */
export async function loadBlas(choice: string | undefined): Promise<LoadedBlas | NoBlas> {
  const known = loaded.get(choice);
  if (known) return known;
  const foreign = await loadForeign().catch(explain);
  if ('reason' in foreign) return foreign;
  const blas = findBlas(choice, { foreign, machine: describeMachine() });
  if ('reason' in blas) return blas;
  loaded.set(choice, { blas, foreign });
  return { blas, foreign };
}

function explain(cause: unknown): NoBlas {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { reason: `koffi does not load: ${message}`, remedy: 'Reinstall koffi for this platform, or use wasm().' };
}
