import type { ForeignLibrary } from '../foreign.js';

/** How a build of a library spells its functions, and how wide the integers are that they take. */
export interface CblasNames {
  readonly prefix: string;
  readonly suffix: string;
  readonly integer: 'int' | 'int64_t';
}

/** Builds with 64-bit integers have a suffix, those for Python's packages a prefix, so that they do not clash with others. */
const conventions: readonly CblasNames[] = ['', 'scipy_'].flatMap((prefix) => [
  { prefix, suffix: '', integer: 'int' },
  { prefix, suffix: '64_', integer: 'int64_t' },
  { prefix, suffix: '_64', integer: 'int64_t' },
]);

/** Constants of the C interface. */
export const cblas = { rowMajor: 101, asItIs: 111, transposed: 112 } as const;

/** How a library spells its functions, and the declaration of its matrix product; undefined where it has none. */
export function findSgemm(library: ForeignLibrary): { readonly names: CblasNames; readonly sgemm: string } | undefined {
  for (const names of conventions) {
    const { prefix, suffix, integer } = names;
    const matrix = `uintptr_t, ${integer}`;
    const sgemm = `void ${prefix}cblas_sgemm${suffix}(int, int, int, ${integer}, ${integer}, ${integer}, float, ${matrix}, ${matrix}, float, ${matrix})`;
    if (library.find(sgemm)) return { names, sgemm };
  }
  return undefined;
}
