import type { Blas, BlasRecipe, Reordering } from '../blas.js';
import { bindProducts, openBlasPanel } from '../blas-products.js';
import type { Foreign, ForeignLibrary } from '../foreign.js';

/** Kernels whose use was tried. */
const knownCores = ['SkylakeX', 'Cooperlake', 'SapphireRapids', 'Haswell', 'Zen'];

const floatBytes = 4;

/** What {@link useOpenBlasKernels} works with. */
export interface OpenBlasKernels {
  readonly library: ForeignLibrary;
  /** The kernels in use, as the library names them. */
  readonly core: string;
  readonly addressOf: Foreign['addressOf'];
}

/**
 * Products with a reordered right operand on the inner kernels of OpenBLAS, which has no public function for that.
 *
 * They are no public interface, though the same in all releases, so they are used only where they compute what they should.
 *
 * @param plain - the recipe without them.
 * @returns the recipe and how to reorder, or the plain recipe.
 */
export function useOpenBlasKernels(plain: BlasRecipe, kernels: OpenBlasKernels): Pick<Blas, 'recipe' | 'reordering'> {
  const { library, core, addressOf } = kernels;
  const declare = (name: string, parameters: string) => `int sgemm_${name}_${core.toUpperCase()}(${parameters})`;
  // Extents, the matrix, its stride, the copy.
  const copy = 'int64_t, int64_t, uintptr_t, int64_t, uintptr_t';
  const reordered = {
    kind: 'openblas',
    scale: declare(
      'beta',
      'int64_t, int64_t, int64_t, float, uintptr_t, int64_t, uintptr_t, int64_t, uintptr_t, int64_t',
    ),
    accumulate: declare('kernel', 'int64_t, int64_t, int64_t, float, uintptr_t, uintptr_t, uintptr_t, int64_t'),
    reorderLeft: declare('oncopy', copy),
    reorderTransposedLeft: declare('otcopy', copy),
  } as const;
  const { kind, ...declarations } = reordered;
  const isComplete = Object.values(declarations).every((declaration) => library.find(declaration));
  const [asItIs, transposed] = ['itcopy', 'incopy'].map((name) => library.find(declare(name, copy)));
  if (!(knownCores.includes(core) && isComplete && asItIs && transposed)) {
    return { recipe: plain, reordering: undefined };
  }
  const recipe = { ...plain, reordered };
  const reordering: Reordering = {
    dependsOnRows: false,
    measure: ({ inner, columns }) => inner * columns * floatBytes,
    write({ inner, columns, b, strideB, transposeB }, target) {
      let panel = target;
      for (let k = 0; k < inner; k += openBlasPanel.depth) {
        const depth = Math.min(openBlasPanel.depth, inner - k);
        for (let j = 0; j < columns; j += openBlasPanel.columns) {
          const width = Math.min(openBlasPanel.columns, columns - j);
          if (transposeB) transposed(depth, width, b + floatBytes * (j * strideB + k), strideB, panel);
          else asItIs(depth, width, b + floatBytes * (k * strideB + j), strideB, panel);
          panel += floatBytes * depth * width;
        }
      }
    },
  };
  return isRight(recipe, { reordering, library, addressOf })
    ? { recipe, reordering }
    : { recipe: plain, reordering: undefined };
}

interface Check {
  readonly reordering: Reordering;
  readonly library: ForeignLibrary;
  readonly addressOf: Foreign['addressOf'];
}

/** Compares with ordinary products of small whole numbers, on which both have to be exact. */
function isRight(recipe: BlasRecipe, { reordering, library, addressOf }: Check): boolean {
  // Just above a panel, and odd.
  const [rows, inner, columns] = [7, openBlasPanel.depth + 3, openBlasPanel.columns + 5];
  const sizes = [rows * inner, inner * columns, rows * columns, rows * columns, inner * columns];
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const floats = Float32Array.from({ length: starts[4]! + sizes[4]! }, (_, i) => ((i * i) % 7) - 3 + ((i >> 5) % 2));
  const memory = { buffer: floats.buffer };
  const [a, b, c, expected, copy] = starts.map((start) => start * floatBytes) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const heap = addressOf(new Uint8Array(memory.buffer));
  const kernels = bindProducts(recipe, { memory, addressOf, find: library.find });
  const partOf = (start: number) => floats.subarray(start / floatBytes, start / floatBytes + rows * columns);
  return [0, 1].every((transposeA) =>
    [0, 1].every((transposeB) => {
      const left = [a, transposeA ? rows : inner, transposeA] as const;
      const strideB = transposeB ? inner : columns;
      kernels.multiply(rows, inner, columns, ...left, b, strideB, transposeB, expected, columns, 1, 0, 0, 1, 0, 0, 0);
      reordering.write({ rows, inner, columns, b: heap + b, strideB, transposeB: transposeB === 1 }, heap + copy);
      kernels.multiplyReordered(rows, inner, columns, ...left, heap + copy, c, columns, 0, 0);
      return partOf(c).every((value, i) => value === partOf(expected)[i]);
    }),
  );
}
