import type { Random } from '@sofd/core';
import { type ImageSize, type Mask, type Matrix2x3, type PixelImage, resizeBicubic } from '@sofd/face';
import { findMaskWindow, pasteImage } from '../blend/mask-window.js';
import { warpWindow } from '../blend/warp-window.js';

/**
 * Largest changes. Shift (parts of the crop's sides) and scale are those of the paper. The resolution is the part of the side
 * that is left when a region is shrunk and enlarged again.
 */
const limits = {
  scale: 0.05,
  shift: { x: 0.03, y: 0.015 },
  resolution: [0.5, 0.9],
  gamma: 0.1,
  saturation: 0.12,
} as const;

function drawWarp({ width, height }: ImageSize, random: Random): Matrix2x3 {
  const unit = () => random.uniformBetween(-1, 1);
  const scale = 1 + limits.scale * unit();
  const right = limits.shift.x * width * unit();
  const down = limits.shift.y * height * unit();
  const stay = (side: number) => ((1 - scale) * (side - 1)) / 2;
  return [scale, 0, stay(width) + right, 0, scale, stay(height) + down];
}

/** Shrinks and enlarges again, as a face that was photographed smaller. */
function resample(image: PixelImage, part: number): PixelImage {
  const shrink = (side: number) => Math.max(1, Math.round(part * side));
  return resizeBicubic(resizeBicubic(image, { width: shrink(image.width), height: shrink(image.height) }), image);
}

function changeColor(image: PixelImage, random: Random): PixelImage {
  const gamma = Math.exp(random.uniformBetween(-limits.gamma, limits.gamma));
  const saturation = 1 + random.uniformBetween(-limits.saturation, limits.saturation);
  const data = new Uint8ClampedArray(image.data.length);
  const curve = Float64Array.from({ length: 256 }, (_, value) => 255 * (value / 255) ** gamma);
  for (let i = 0; i < data.length; i += 3) {
    const r = curve[image.data[i]!]!;
    const g = curve[image.data[i + 1]!]!;
    const b = curve[image.data[i + 2]!]!;
    const grey = 0.299 * r + 0.587 * g + 0.114 * b;
    data[i] = Math.round(grey + saturation * (r - grey));
    data[i + 1] = Math.round(grey + saturation * (g - grey));
    data[i + 2] = Math.round(grey + saturation * (b - grey));
  }
  return { width: image.width, height: image.height, data };
}

/** A change of a face that is too little to make it another. */
export interface Perturbation {
  /** From the face's pixels to the changed one's. */
  readonly matrix: Matrix2x3;
  /** Changes a crop where a mask is above 0. */
  apply(image: PixelImage, mask: Mask): PixelImage;
}

/**
 * Draws a small change of a crop: always a warp (a region swap is always resampled too), at times the resolution or the colour.
 * A self-blend always changes the colour: a warp alone would leave nothing to see.
 *
 * The warp is what varies the border of the control as much as another person's region varies that of a swap.
 *
 * @param size of the crop
 * @param random stream of this item
 * @param options `always: 'color'` where the colour has to change
 * @see K. Shiohara, T. Yamasaki, "Detecting Deepfakes with Self-Blended Images", CVPR 2022
 */
export function drawPerturbation(
  size: ImageSize,
  random: Random,
  { always }: { readonly always?: 'color' } = {},
): Perturbation {
  const matrix = drawWarp(size, random.split('warp'));
  const isResampled = random.uniform() < 0.2;
  const isRecolored = random.uniform() < 0.5 || always === 'color';
  const resolution = random.split('resample').uniformBetween(...limits.resolution);
  const apply = (image: PixelImage, mask: Mask): PixelImage => {
    const window = findMaskWindow(mask);
    if (window === null) return image;
    let part = warpWindow(image, matrix, window);
    if (isResampled) part = resample(part, resolution);
    if (isRecolored) part = changeColor(part, random.split('color'));
    return pasteImage(image, part, window);
  };
  return { matrix, apply };
}
