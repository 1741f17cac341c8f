import { invertAffine, type Matrix2x3, type PixelImage } from '@sofd/face';
import type { Window } from './mask-window.js';
import { sampleBicubic } from './sample-image.js';

/**
 * Draws the part of an image that an affine map brings into a window, by bicubic interpolation. Only a region of a crop is ever
 * pasted, so only its window is drawn.
 *
 * @param image RGB
 * @param matrix from the image's pixels to those that the window is stated in
 * @param window what is drawn
 * @returns an image of the window's size
 */
export function warpWindow(image: PixelImage, matrix: Matrix2x3, { left, top, width, height }: Window): PixelImage {
  const [a, b, c, d, e, f] = invertAffine(matrix);
  const data = new Uint8ClampedArray(3 * width * height);
  for (let y = top, at = 0; y < top + height; y++) {
    for (let x = left; x < left + width; x++, at += 3) {
      sampleBicubic(image, [a * x + b * y + c, d * x + e * y + f], { data, at });
    }
  }
  return { width, height, data };
}
