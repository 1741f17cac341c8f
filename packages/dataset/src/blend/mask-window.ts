import type { Mask, PixelImage } from '@sofd/face';

/** A rectangle of whole pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest rectangle that holds every pixel of the mask above 0, or null where there is none. */
export function findMaskWindow({ width, height, data }: Mask): Window | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i]! <= 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The part of some `[height, width, channels]` values that lies in a window. */
function cutWindow<Values extends Float32Array | Uint8ClampedArray>(
  from: { readonly width: number; readonly data: ArrayLike<number> },
  { left, top, width, height }: Window,
  into: Values,
): Values {
  const channels = into.length / (width * height);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * from.width + left) * channels;
    for (let i = 0; i < width * channels; i++) into[y * width * channels + i] = from.data[start + i]!;
  }
  return into;
}

/** The part of an image that lies in a window. */
export function cutImage(image: PixelImage, window: Window): PixelImage {
  const { width, height } = window;
  return { width, height, data: cutWindow(image, window, new Uint8ClampedArray(3 * width * height)) };
}

/** The part of a mask that lies in a window. */
export function cutMask(mask: Mask, window: Window): Mask {
  const { width, height } = window;
  return { width, height, data: cutWindow(mask, window, new Float32Array(width * height)) };
}

/** A copy of an image with a part of it replaced. */
export function pasteImage(image: PixelImage, part: PixelImage, { left, top }: Window): PixelImage {
  const data = Uint8ClampedArray.from(image.data);
  for (let y = 0; y < part.height; y++) {
    const row = part.data.subarray(3 * y * part.width, 3 * (y + 1) * part.width);
    data.set(row, 3 * ((top + y) * image.width + left));
  }
  return { width: image.width, height: image.height, data };
}
