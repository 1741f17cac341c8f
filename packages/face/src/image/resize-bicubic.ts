import { InvalidOptionError } from '@sofd/core';
import { assertPixelImage, type PixelImage } from './pixel-image.js';

/** Width and height in whole pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

// The bits of a weight's fraction: 32 less 8 for the value and 2 for sign and overshoot of the negative lobes.
const fractionBits = 22;

interface ResampleWeights {
  /** First source position of each output position. */
  readonly first: Int32Array;
  /** Number of source positions of each output position. */
  readonly count: Int32Array;
  /** [outputSize, stride] fixed-point weights. */
  readonly weights: Int32Array;
  readonly stride: number;
}

function cubic(position: number): number {
  const a = -0.5;
  const x = Math.abs(position);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** The weights of one pass; shrinking widens the kernel by the factor, which is what removes aliasing. */
function computeWeights(inputSize: number, outputSize: number): ResampleWeights {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * stride);
  const row = new Float64Array(stride);
  const inverse = 1 / filterScale;
  for (let out = 0; out < outputSize; out++) {
    const center = (out + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const end = Math.min(Math.trunc(center + support + 0.5), inputSize);
    let sum = 0;
    for (let i = 0; i < end - start; i++) {
      row[i] = cubic((i + start - center + 0.5) * inverse);
      sum += row[i]!;
    }
    first[out] = start;
    count[out] = end - start;
    for (let i = 0; i < end - start; i++) {
      const weight = (sum === 0 ? row[i]! : row[i]! / sum) * (1 << fractionBits);
      weights[out * stride + i] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
  }
  return { first, count, weights, stride };
}

const half = 1 << (fractionBits - 1);

function resizeRows(image: PixelImage, width: number): PixelImage {
  const { first, count, weights, stride } = computeWeights(image.width, width);
  const source = image.data;
  const data = new Uint8ClampedArray(width * image.height * 3);
  for (let y = 0; y < image.height; y++) {
    const rowStart = y * image.width * 3;
    for (let x = 0; x < width; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = rowStart + first[x]! * 3;
      const end = x * stride + count[x]!;
      for (let k = x * stride; k < end; k++, at += 3) {
        const weight = weights[k]!;
        red += source[at]! * weight;
        green += source[at + 1]! * weight;
        blue += source[at + 2]! * weight;
      }
      const to = (y * width + x) * 3;
      data[to] = red >> fractionBits;
      data[to + 1] = green >> fractionBits;
      data[to + 2] = blue >> fractionBits;
    }
  }
  return { width, height: image.height, data };
}

function resizeColumns(image: PixelImage, height: number): PixelImage {
  const { first, count, weights, stride } = computeWeights(image.height, height);
  const source = image.data;
  const rowLength = image.width * 3;
  const data = new Uint8ClampedArray(rowLength * height);
  const sums = new Float64Array(rowLength);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * stride + k]!;
      const rowStart = (first[y]! + k) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i]! += source[rowStart + i]! * weight;
    }
    const to = y * rowLength;
    for (let i = 0; i < rowLength; i++) data[to + i] = sums[i]! >> fractionBits;
  }
  return { width: image.width, height, data };
}

/**
 * Resizes by antialiased bicubic interpolation, bit for bit as Pillow does.
 *
 * Keys' kernel with a = -0.5, widened by the factor when shrinking, in 22-bit fixed point: first along rows, then along columns,
 * each pass rounded and clamped to 8 bits; a pass whose size does not change is left out.
 * @param image RGB, any size
 * @param size width and height of the result in pixels, whole and at least 1
 * @returns a new image (or the given one's copy when the size is the same)
 * @throws ShapeMismatchError when the image's sides and data disagree
 * @throws InvalidOptionError when the size is not whole and positive
 * @example
 * ```ts
 * import { resizeBicubic } from '@sofd/face';
 * const grey = { width: 4, height: 4, data: new Uint8Array(48).fill(128) };
 * resizeBicubic(grey, { width: 2, height: 2 }).data[0]; // 128
 * ```
 */
export function resizeBicubic(image: PixelImage, size: ImageSize): PixelImage {
  assertPixelImage(image, 'resizeBicubic');
  for (const side of ['width', 'height'] as const) {
    if (!Number.isInteger(size[side]) || size[side] < 1) {
      throw new InvalidOptionError(
        `resizeBicubic: expected ${side} to be a whole number of at least 1, got ${size[side]}; round it first.`,
      );
    }
  }
  const rows = size.width === image.width ? image : resizeRows(image, size.width);
  if (size.height !== image.height) return resizeColumns(rows, size.height);
  return rows === image ? { ...size, data: Uint8ClampedArray.from(image.data) } : rows;
}

/**
 * Resizes so that the shorter side becomes `size`; the longer one keeps the proportion, rounded down.
 * @param size the shorter side of the result in pixels
 * @returns a new image
 * @throws InvalidOptionError when the size is not whole and positive
 * @example
 * ```ts
 * import { resizeShortSide } from '@sofd/face';
 * const photo = { width: 8, height: 4, data: new Uint8Array(96) };
 * resizeShortSide(photo, 2).width; // 4
 * ```
 */
export function resizeShortSide(image: PixelImage, size: number): PixelImage {
  const { width, height } = image;
  const long = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  return resizeBicubic(image, width <= height ? { width: size, height: long } : { width: long, height: size });
}
