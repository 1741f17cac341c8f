import { BackendUnavailableError } from '@sofd/core';
import type { PixelImage } from '../image/pixel-image.js';
import type { ImageSize } from '../image/resize-bicubic.js';

/**
 * Makes a canvas whose pixels are read back.
 * @param where the function that needs it, for the message
 * @throws BackendUnavailableError when the browser gives none
 */
export function createCanvasContext({ width, height }: ImageSize, where: string): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) {
    throw new BackendUnavailableError(
      `${where}: expected a 2d canvas of this browser, got none; free other canvases or update the browser.`,
    );
  }
  return context;
}

/** The image without its alpha channel: RGBA, [height, width, 4], to RGB. */
export function dropAlpha({ width, height, data }: ImageData): PixelImage {
  const output = new Uint8ClampedArray(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    output[to] = data[from]!;
    output[to + 1] = data[from + 1]!;
    output[to + 2] = data[from + 2]!;
  }
  return { width, height, data: output };
}
