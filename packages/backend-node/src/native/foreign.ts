/** A C function. Pointers are addresses. */
export type ForeignFunction = (...args: readonly (number | string)[]) => unknown;

/** A loaded library. */
export interface ForeignLibrary {
  /** The function with this declaration in C, or undefined where the library has none of its name. */
  find(declaration: string): ForeignFunction | undefined;
  /** Gives the library back; its functions must not be called any more. */
  unload(): void;
}

/** Code and memory outside of JavaScript; another one in tests. */
export interface Foreign {
  /** Loads a library by its path, or by the name under which the system knows it. Throws where it cannot. */
  load(path: string): ForeignLibrary;
  /** Where the bytes lie. */
  addressOf(bytes: Uint8Array): number;
  /** Memory at a multiple of 64 bytes, which nobody has touched. */
  allocate(byteLength: number): ForeignMemory;
}

/** Memory outside of JavaScript's. */
export interface ForeignMemory {
  readonly address: number;
  free(): void;
}
