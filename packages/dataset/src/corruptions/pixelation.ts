import type { PixelImage } from '@sofd/face';
import { type Corruption, getLevelValue } from './corruption.js';

/** Between which two input pixels each output pixel lies, and their weights in 2048ths. */
interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstWeight: Int32Array;
  readonly secondWeight: Int32Array;
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/**
 * Pixel centres of both grids lie on one line.
 *
 * @param clampWeights whether a centre beyond the outermost input pixel takes that pixel whole, or as two halves of it, which
 * round apart; OpenCV does the first along a row and the second along a column
 */
function computeTaps(from: number, to: number, clampWeights: boolean): Taps {
  const taps = {
    first: new Int32Array(to),
    second: new Int32Array(to),
    firstWeight: new Int32Array(to),
    secondWeight: new Int32Array(to),
  };
  const scale = 1 / (to / from);
  const clamp = (index: number) => Math.min(from - 1, Math.max(0, index));
  for (let i = 0; i < to; i++) {
    const centre = Math.fround((i + 0.5) * scale - 0.5);
    const before = Math.floor(centre);
    const outside = before < 0 || before >= from - 1;
    const part = outside && clampWeights ? 0 : Math.fround(centre - before);
    taps.first[i] = clamp(before);
    taps.second[i] = clamp(before + 1);
    taps.firstWeight[i] = roundHalfToEven(Math.fround(1 - part) * 2048);
    taps.secondWeight[i] = roundHalfToEven(part * 2048);
  }
  return taps;
}

/** Bilinear without antialiasing, in the fixed-point numbers of OpenCV. */
function resizeBilinear({ width, height, data }: PixelImage, size: { width: number; height: number }): PixelImage {
  const x = computeTaps(width, size.width, true);
  const y = computeTaps(height, size.height, false);
  const stride = 3 * size.width;
  const across = new Int32Array(stride * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < size.width; column++) {
      for (let channel = 0; channel < 3; channel++) {
        const first = data[3 * (row * width + x.first[column]!) + channel]!;
        const second = data[3 * (row * width + x.second[column]!) + channel]!;
        across[row * stride + 3 * column + channel] = first * x.firstWeight[column]! + second * x.secondWeight[column]!;
      }
    }
  }
  const output = new Uint8ClampedArray(stride * size.height);
  for (let row = 0; row < size.height; row++) {
    const [above, below] = [y.first[row]! * stride, y.second[row]! * stride];
    const [aboveWeight, belowWeight] = [y.firstWeight[row]!, y.secondWeight[row]!];
    for (let i = 0; i < stride; i++) {
      const upper = ((across[above + i]! >> 4) * aboveWeight) >> 16;
      const lower = ((across[below + i]! >> 4) * belowWeight) >> 16;
      output[row * stride + i] = (upper + lower + 2) >> 2;
    }
  }
  return { ...size, data: output };
}

function pixelate(image: PixelImage, factor: number): PixelImage {
  const { width, height } = image;
  const small = { width: Math.max(1, Math.floor(width / factor)), height: Math.max(1, Math.floor(height / factor)) };
  return resizeBilinear(resizeBilinear(image, small), { width, height });
}

const levels = [2, 3] as const;

/**
 * Loss of resolution: the image is made 2 or 3 times smaller and as large as before again, bilinearly and without
 * antialiasing. The recipe calls it `JPEG`, though nothing is compressed.
 *
 * The bytes are OpenCV's, whose fixed-point numbers it takes.
 *
 * @example
 * ```ts
 * const image = { width: 4, height: 4, data: new Uint8Array(48) };
 * const coarse = await pixelation.apply(image, { level: 1, random: createRandom(7) });
 * ```
 */
export const pixelation: Corruption = {
  name: 'pixelation',
  levels,
  apply: async (image, { level }) => pixelate(image, getLevelValue(pixelation, level)),
};
