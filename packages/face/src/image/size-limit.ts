import { ImageSizeError } from '@sofd/core';
import type { ImageSize } from './resize-bicubic.js';

/** Throws ImageSizeError when an image would have no pixels, or more than the limit. */
export function assertAcceptableSize({ width, height }: ImageSize, maxPixels: number, name: string): void {
  if (width < 1 || height < 1) {
    throw new ImageSizeError(
      `decodeImage: expected at least 1x1 pixels, ${name} has ${width}x${height}; use another image.`,
    );
  }
  if (width * height > maxPixels) {
    throw new ImageSizeError(
      `decodeImage: expected at most ${maxPixels} pixels, ${name} has ${width}x${height} = ${width * height}; ` +
        'shrink it, or raise maxPixels if there is memory for it.',
    );
  }
}
