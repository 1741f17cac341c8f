import type { Blas } from '../blas.js';
import type { Foreign } from '../foreign.js';
import type { Machine } from '../machine.js';

/** What a provider opens a library with. */
export interface OpenContext {
  readonly path: string;
  readonly foreign: Foreign;
  readonly machine: Machine;
}

/** A kind of library: where it is kept, and how it is used. */
export interface BlasProvider {
  /** As users name it. */
  readonly name: string;
  /** Paths and names at which to try it, best first. */
  locate(machine: Machine): readonly string[];
  /**
   * Loads one library.
   *
   * @throws BackendUnavailableError when it cannot be used, and whatever loading it throws.
   */
  open(context: OpenContext): Blas;
}
