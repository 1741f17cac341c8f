import { InvalidOptionError } from '@sofd/core';

/** The parameter of the cubic kernel that deep-learning frameworks resize with. */
const a = -0.75;

/** The cubic convolution kernel at a distance of at most two samples. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a;
}

/** The four samples of an axis that make a new one, and how much of each; what lies outside is the nearest one inside. */
function tapsOf(index: number, from: number, to: number): readonly (readonly [sample: number, weight: number])[] {
  const place = ((index + 0.5) * from) / to - 0.5;
  const first = Math.floor(place) - 1;
  return Array.from({ length: 4 }, (_, tap) => {
    const sample = first + tap;
    return [Math.min(from - 1, Math.max(0, sample)), cubic(place - sample)] as const;
  });
}

/**
 * The position embeddings of a vision transformer for images of another size: the class token's stays, those of the
 * patches are resized as an image by cubic convolution.
 *
 * A new patch at i reads (i + 1/2) · old / new - 1/2 in the old grid, in each direction from the four nearest samples with
 * Keys' kernel, a = -3/4; smaller grids are not smoothed first. It is how PyTorch's `interpolate` resizes, `bicubic` with
 * `align_corners` and `antialias` off. An equal size gives the same numbers.
 *
 * @param positions - [1 + old², width], row-major, the class token's first
 * @param sizes - `width` of an embedding; `grid`: patches along a side of the new images
 * @returns [1 + grid², width]; sums are float64
 * @throws InvalidOptionError for positions that are not those of a square, and for a grid that is no positive whole number
 * @see {@link https://doi.org/10.1109/TASSP.1981.1163711 | Cubic convolution interpolation for digital image processing}
 * @example
 * ```ts
 * import { resamplePositions } from '@sofd/model';
 *
 * const positions = Float32Array.of(9, 1, 2, 3, 4); // a class token and 2 x 2 patches, width 1
 * resamplePositions(positions, { width: 1, grid: 1 }); // Float32Array [9, 2.5]
 * ```
 */
export function resamplePositions(
  positions: Float32Array,
  { width, grid }: { readonly width: number; readonly grid: number },
): Float32Array {
  const side = Math.sqrt(positions.length / width - 1);
  if (!(Number.isInteger(side) && side > 0 && Number.isInteger(grid) && grid > 0)) {
    throw new InvalidOptionError(
      `resamplePositions: expected (1 + n²) · ${width} numbers and a positive grid, got ${positions.length} and ${grid}; give the positions of a square image with a class token.`,
    );
  }
  const taps = Array.from({ length: grid }, (_, index) => tapsOf(index, side, grid));
  const resampled = new Float32Array((1 + grid * grid) * width);
  resampled.set(positions.subarray(0, width));
  const sums = new Float64Array(width);
  for (let token = 0; token < grid * grid; token++) {
    sums.fill(0);
    for (const [y, rowWeight] of taps[Math.floor(token / grid)]!) {
      for (const [x, columnWeight] of taps[token % grid]!) {
        const start = (1 + y * side + x) * width;
        for (let i = 0; i < width; i++) sums[i]! += rowWeight * columnWeight * positions[start + i]!;
      }
    }
    resampled.set(sums, (1 + token) * width);
  }
  return resampled;
}
