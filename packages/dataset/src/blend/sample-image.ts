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
 * @param into where the three channel values go, not rounded
 */
export function sampleBicubic(
  { width, height, data }: PixelImage,
  [x, y]: readonly [number, number],
  into: { readonly values: Float32Array; readonly at: number },
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
  into.values[into.at] = r;
  into.values[into.at + 1] = g;
  into.values[into.at + 2] = b;
}
