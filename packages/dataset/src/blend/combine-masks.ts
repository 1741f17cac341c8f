import type { Mask, Matrix2x3, PixelImage } from '@sofd/face';
import { invertAffine } from '@sofd/face';

/** The larger value of two masks of one size, pixel by pixel. */
export function combineMasks(first: Mask, second: Mask): Mask {
  return { ...first, data: first.data.map((value, i) => Math.max(value, second.data[i]!)) };
}

/**
 * Zeroes a mask where a warped image has no pixels, so that the black outside of a crop is never blended in.
 *
 * @param mask mask in the frame that the image is warped to
 * @param image the image before it is warped
 * @param matrix from the image's pixels to the mask's
 */
export function limitMaskToImage(mask: Mask, image: PixelImage, matrix: Matrix2x3): Mask {
  const [a, b, c, d, e, f] = invertAffine(matrix);
  const data = Float32Array.from(mask.data);
  for (let y = 0, i = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++, i++) {
      if (data[i] === 0) continue;
      const sourceX = a * x + b * y + c;
      const sourceY = d * x + e * y + f;
      const inside = sourceX >= 0 && sourceY >= 0 && sourceX <= image.width - 1 && sourceY <= image.height - 1;
      if (!inside) data[i] = 0;
    }
  }
  return { ...mask, data };
}
