import type { Random } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import { type Corruption, getLevelValue } from './corruption.js';

// The recipe computes in float32 and cuts the fraction off, so a sum that is 255 exactly must not come out just below it.
const f = Math.fround;
const [redShare, greenShare, blueShare] = [f(0.299), f(0.587), f(0.114)];
const [redDifference, blueDifference] = [f(0.713), f(0.564)];
const [redOfCr, greenOfCr, greenOfCb, blueOfCb] = [f(1.403), f(-0.714), f(-0.344), f(1.773)];
const delta = 0.5;

/** Scales luma to 16..235 and chroma to 16..240 (over 255), as digital video does. */
const toVideoRange = (value: number, span: number): number => f(f(f(value * span) + 16) / 255);
const fromVideoRange = (value: number, span: number): number => f(f(f(value * 255) - 16) / span);

/** Cuts the fraction off, as a cast to 8 bits does. */
const toByte = (value: number): number => Math.trunc(Math.min(255, Math.max(0, value)));

function addNoise({ width, height, data }: PixelImage, variance: number, random: Random): PixelImage {
  const deviation = Math.sqrt(variance);
  const output = new Uint8ClampedArray(data.length);
  const addTo = (value: number, span: number) =>
    fromVideoRange(f((f(toVideoRange(value, span) / 255) + deviation * random.normal()) * 255), span);
  for (let i = 0; i < data.length; i += 3) {
    const [red, green, blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
    const luma = f(f(f(blue * blueShare) + f(green * greenShare)) + f(red * redShare));
    // Drawn in this order: luma, blue, red.
    const y = addTo(luma, 219);
    const cb = f(addTo(f(f(f(blue - luma) * blueDifference) + delta), 224) - delta);
    const cr = f(addTo(f(f(f(red - luma) * redDifference) + delta), 224) - delta);
    output[i] = toByte(f(y + f(cr * redOfCr)));
    output[i + 1] = toByte(f(f(y + f(cr * greenOfCr)) + f(cb * greenOfCb)));
    output[i + 2] = toByte(f(y + f(cb * blueOfCb)));
  }
  return { width, height, data: output };
}

const levels = [0.001, 0.002] as const;

/**
 * Gaussian noise on luma and chroma, the recipe's `GNC`: variance 0.001 or 0.002 where the values of an image span 1.
 *
 * As in the recipe, the result is cut to whole numbers and not rounded, so that an image also darkens by half a level.
 *
 * @example
 * ```ts
 * const image = { width: 4, height: 4, data: new Uint8Array(48) };
 * const noisy = await colorNoise.apply(image, { level: 1, random: createRandom(7) });
 * ```
 */
export const colorNoise: Corruption = {
  name: 'color-noise',
  levels,
  apply: async (image, { level, random }) => addNoise(image, getLevelValue(colorNoise, level), random),
};
