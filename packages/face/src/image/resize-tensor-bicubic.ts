import { ShapeMismatchError } from '@sofd/core';
import type { ImageSize } from './resize-bicubic.js';

/** Normalised pixels with their sides; data is [height, width, 3] float32. */
export interface FloatImage extends ImageSize {
  readonly data: Float32Array;
}

function cubic(position: number): number {
  const a = -0.75;
  const x = Math.abs(position);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** Four source positions, clamped to the line, and their weights for each output position. */
function computeTaps(inputSize: number, outputSize: number) {
  return Array.from({ length: outputSize }, (_, out) => {
    const center = ((out + 0.5) * inputSize) / outputSize - 0.5;
    const start = Math.floor(center);
    return [-1, 0, 1, 2].map((offset) => ({
      at: Math.min(Math.max(start + offset, 0), inputSize - 1),
      weight: cubic(center - start - offset),
    }));
  });
}

/**
 * Resizes normalised pixels by plain bicubic interpolation (a = -0.75), without antialiasing and without clamping: what PyTorch does to
 * tensors. Only published recipes that resize twice need it; {@link resizeBicubic} is for images.
 * @param image [height, width, 3] float32
 * @param size of the result in pixels
 * @throws ShapeMismatchError when sides and data disagree
 * @example
 * ```ts
 * import { resizeTensorBicubic } from '@sofd/face';
 * resizeTensorBicubic({ width: 1, height: 1, data: Float32Array.of(1, 2, 3) }, { width: 2, height: 1 }).data; // [1, 2, 3, 1, 2, 3]
 * ```
 */
export function resizeTensorBicubic({ width, height, data }: FloatImage, size: ImageSize): FloatImage {
  if (data.length !== width * height * 3) {
    throw new ShapeMismatchError(
      `resizeTensorBicubic: expected ${width * height * 3} numbers for ${width}x${height} pixels, got ${data.length}; pass [height, width, 3].`,
    );
  }
  const columns = computeTaps(width, size.width);
  const rows = computeTaps(height, size.height);
  const output = new Float32Array(size.width * size.height * 3);
  rows.forEach((rowTaps, y) => {
    columns.forEach((columnTaps, x) => {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (const row of rowTaps) {
          let line = 0;
          for (const column of columnTaps) line += column.weight * data[(row.at * width + column.at) * 3 + channel]!;
          sum += row.weight * line;
        }
        output[(y * size.width + x) * 3 + channel] = sum;
      }
    });
  });
  return { ...size, data: output };
}
