import type { PixelImage } from '@sofd/face';

/** Weights of the four samples about a place `t` in 0..1 between the second and the third: Catmull-Rom. */
function cubicWeights(t: number): readonly [number, number, number, number] {
  return [
    t * (-0.5 + t * (1 - 0.5 * t)),
    1 + t * t * (1.5 * t - 2.5),
    t * (0.5 + t * (2 - 1.5 * t)),
    t * t * (0.5 * t - 0.5),
  ];
}

/**
 * Writes an image's colour between its pixels: bicubic, by Catmull-Rom's cubic, which is the image itself at whole pixels and
 * keeps the grain that a bilinear mean would smooth away. Beyond the border the outermost pixels go on.
 *
 * @param image RGB
 * @param place x and y in pixels
 * @param into RGB values of another image, and the index of the first of the three that are written, rounded to 0..255
 */
export function sampleBicubic(
  { width, height, data }: PixelImage,
  [x, y]: readonly [number, number],
  { data: output, at }: { readonly data: Uint8ClampedArray; readonly at: number },
): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = cubicWeights(x - left);
  const down = cubicWeights(y - top);
  let [r, g, b] = [0, 0, 0];
  for (let j = 0; j < 4; j++) {
    const row = Math.min(height - 1, Math.max(0, top + j - 1)) * width;
    for (let i = 0; i < 4; i++) {
      const from = 3 * (row + Math.min(width - 1, Math.max(0, left + i - 1)));
      const weight = down[j]! * across[i]!;
      r += weight * data[from]!;
      g += weight * data[from + 1]!;
      b += weight * data[from + 2]!;
    }
  }
  // Through float32: a sum that misses a half by nothing but its own rounding goes where the half goes.
  output[at] = Math.round(Math.fround(r));
  output[at + 1] = Math.round(Math.fround(g));
  output[at + 2] = Math.round(Math.fround(b));
}
