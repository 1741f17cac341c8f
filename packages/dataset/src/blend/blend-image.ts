import { ShapeMismatchError } from '@sofd/core';
import type { Mask, PixelImage } from '@sofd/face';

/**
 * Blends a source into a target: `target + alpha m (source - target)`, rounded to 8 bits.
 *
 * @param target image, RGB 0..255
 * @param source channel values of the same size, about 0..255, `[height, width, 3]`
 * @param options soft mask `[height, width]` in 0..1, and the ratio alpha in 0..1 that multiplies it
 * @returns a new image, equal to the target wherever the mask is 0
 * @throws ShapeMismatchError where target, source and mask differ in size
 *
 * @example
 * ```ts
 * const image = blendImage(target.crop, Float32Array.from(source.data), { mask, alpha: 0.75 });
 * ```
 */
export function blendImage(
  target: PixelImage,
  source: ArrayLike<number>,
  { mask, alpha }: { readonly mask: Mask; readonly alpha: number },
): PixelImage {
  const pixels = target.width * target.height;
  if (mask.width !== target.width || mask.height !== target.height || source.length !== 3 * pixels) {
    throw new ShapeMismatchError(
      `blendImage: expected a source and a mask of the target's ${target.width}x${target.height} pixels, got ` +
        `${source.length / 3} source pixels and a ${mask.width}x${mask.height} mask; draw both in the target's crop`,
    );
  }
  const data = Uint8ClampedArray.from(target.data);
  for (let i = 0; i < pixels; i++) {
    const weight = alpha * mask.data[i]!;
    if (weight === 0) continue;
    for (let c = 0; c < 3; c++) {
      const value = target.data[3 * i + c]!;
      data[3 * i + c] = Math.round(value + weight * (source[3 * i + c]! - value));
    }
  }
  return { width: target.width, height: target.height, data };
}
