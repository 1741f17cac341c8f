import type { Random } from '@sofd/core';
import { type Matrix2x3, type PixelImage, resizeBicubic, warpAffine } from '@sofd/face';

/** Side of the crop in which the amplitudes below are stated. */
const referenceSize = 317;

/** Largest changes; shift and sides in pixels of a 317 pixel crop. */
const limits = { scale: 0.025, rotationDegrees: 1.5, shift: 3, side: [80, 200], gamma: 0.1, saturation: 0.12 } as const;

function drawWarp(image: PixelImage, random: Random): Matrix2x3 {
  const unit = () => random.uniformBetween(-1, 1);
  const scale = 1 + limits.scale * unit();
  const angle = (limits.rotationDegrees * unit() * Math.PI) / 180;
  const shift = (limits.shift * image.width) / referenceSize;
  const a = scale * Math.cos(angle);
  const d = scale * Math.sin(angle);
  const x = (image.width - 1) / 2;
  const y = (image.height - 1) / 2;
  return [a, -d, x - a * x + d * y + shift * unit(), d, a, y - d * x - a * y + shift * unit()];
}

/** Shrinks and enlarges again, as a face that was photographed smaller. */
function resample(image: PixelImage, random: Random): PixelImage {
  const side = Math.round((random.uniformBetween(...limits.side) * image.width) / referenceSize);
  return resizeBicubic(resizeBicubic(image, { width: side, height: side }), image);
}

function changeColor(image: PixelImage, random: Random): PixelImage {
  const gamma = Math.exp(random.uniformBetween(-limits.gamma, limits.gamma));
  const saturation = 1 + random.uniformBetween(-limits.saturation, limits.saturation);
  const data = new Uint8ClampedArray(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [0, 1, 2].map((c) => 255 * (image.data[i + c]! / 255) ** gamma) as [number, number, number];
    const grey = 0.299 * r + 0.587 * g + 0.114 * b;
    data[i] = Math.round(grey + saturation * (r - grey));
    data[i + 1] = Math.round(grey + saturation * (g - grey));
    data[i + 2] = Math.round(grey + saturation * (b - grey));
  }
  return { width: image.width, height: image.height, data };
}

/** A face changed too little to be another, and how its pixels moved. */
export interface PerturbedFace {
  readonly image: PixelImage;
  /** From the face's pixels to the image's. */
  readonly matrix: Matrix2x3;
}

/**
 * Changes a crop a little: always a small warp (a region swap is always resampled too), at times the resolution or colour.
 *
 * @param image square crop
 * @param random stream of this item
 * @see K. Shiohara, T. Yamasaki, "Detecting Deepfakes with Self-Blended Images", CVPR 2022
 */
export function perturbFace(image: PixelImage, random: Random): PerturbedFace {
  const matrix = drawWarp(image, random.split('warp'));
  let changed = warpAffine(image, matrix, image);
  const resampled = random.uniform() < 0.4;
  const recolored = random.uniform() < 0.5;
  if (resampled) changed = resample(changed, random.split('resample'));
  if (recolored) changed = changeColor(changed, random.split('color'));
  return { image: changed, matrix };
}
