import { assertPixelImage, type PixelImage } from '../image/pixel-image.js';
import type { ImageSize } from '../image/resize-bicubic.js';
import { invertAffine, type Matrix2x3 } from './affine.js';

/**
 * Draws an image through an affine map, by bilinear interpolation; what lies outside of the image is black.
 * @param image RGB
 * @param matrix from the image's pixels to the result's
 * @param size width and height of the result in pixels
 * @returns a new image
 * @throws InvalidOptionError when the map cannot be inverted
 * @throws ShapeMismatchError when the image's sides and data disagree
 * @example
 * ```ts
 * import { warpAffine } from '@sofd/face';
 * const image = { width: 2, height: 1, data: Uint8Array.of(10, 10, 10, 20, 20, 20) };
 * warpAffine(image, [1, 0, -0.5, 0, 1, 0], { width: 1, height: 1 }).data[0]; // 15
 * ```
 */
export function warpAffine(image: PixelImage, matrix: Matrix2x3, size: ImageSize): PixelImage {
  assertPixelImage(image, 'warpAffine');
  const [a, b, c, d, e, f] = invertAffine(matrix);
  const { width, height, data } = image;
  const rowLength = width * 3;
  const output = new Uint8ClampedArray(size.width * size.height * 3);
  for (let row = 0, to = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++, to += 3) {
      const x = a * column + b * row + c;
      const y = d * column + e * row + f;
      const left = Math.floor(x);
      const top = Math.floor(y);
      if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) {
        writeBorderSample(image, { x, y, left, top }, { output, to });
        continue;
      }
      const right = x - left;
      const down = y - top;
      const start = top * rowLength + left * 3;
      for (let channel = 0; channel < 3; channel++) {
        const at = start + channel;
        const upper = data[at]! * (1 - right) + data[at + 3]! * right;
        const lower = data[at + rowLength]! * (1 - right) + data[at + rowLength + 3]! * right;
        output[to + channel] = upper * (1 - down) + lower * down;
      }
    }
  }
  return { width: size.width, height: size.height, data: output };
}

interface SamplePlace {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
}

/** Writes a value at or beyond the border, where neighbours outside of the image count as black. */
function writeBorderSample(
  { width, height, data }: PixelImage,
  { x, y, left, top }: SamplePlace,
  { output, to }: { readonly output: Uint8ClampedArray; readonly to: number },
): void {
  if (!(left >= -1 && top >= -1 && left < width && top < height)) return;
  for (let channel = 0; channel < 3; channel++) {
    let sum = 0;
    for (const [column, row, weight] of [
      [left, top, (left + 1 - x) * (top + 1 - y)],
      [left + 1, top, (x - left) * (top + 1 - y)],
      [left, top + 1, (left + 1 - x) * (y - top)],
      [left + 1, top + 1, (x - left) * (y - top)],
    ] as const) {
      if (column >= 0 && row >= 0 && column < width && row < height)
        sum += weight * data[(row * width + column) * 3 + channel]!;
    }
    output[to + channel] = sum;
  }
}
