import { readFile } from 'node:fs/promises';
import { computeSharpness, decodeImage, type PixelImage } from '@sofd/face';

/** What a file gives away without anybody looking at the picture. */
export const trivialFeatureNames = [
  'file size',
  'brightness',
  'contrast',
  'Laplacian variance',
  'width',
  'height',
  'JPEG tables',
] as const;

function measureLuma({ width, height, data }: PixelImage): { brightness: number; contrast: number } {
  const luma = new Float64Array(width * height);
  for (let i = 0; i < luma.length; i++)
    luma[i] = 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!;
  const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  const variance = luma.reduce((sum, value) => sum + (value - mean) ** 2, 0) / luma.length;
  return { brightness: mean, contrast: Math.sqrt(variance) };
}

/** The sum of all quantisation tables of a JPEG file, which follows from its quality; 0 for other files. */
export function sumQuantisationTables(bytes: Uint8Array): number {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return 0;
  let sum = 0;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; ) {
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    if (bytes[at + 1] === 0xdb) sum += sumTables(bytes.subarray(at + 4, at + 2 + length));
    at += 2 + length;
  }
  return sum;
}

/** Tables follow one another: a byte whose high half says whether entries have two bytes, and 64 entries. */
function sumTables(segment: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < segment.length; ) {
    const size = segment[at]! >> 4 === 0 ? 1 : 2;
    for (let i = 0; i < 64; i++) {
      const entry = at + 1 + i * size;
      sum += size === 1 ? segment[entry]! : segment[entry]! * 256 + segment[entry + 1]!;
    }
    at += 1 + 64 * size;
  }
  return sum;
}

/** [features]: in the order of {@link trivialFeatureNames}; sizes and variances by their logarithm, as they vary by factors. */
export async function readTrivialFeatures(path: string): Promise<number[]> {
  const bytes = await readFile(path);
  const image = await decodeImage(bytes);
  const { brightness, contrast } = measureLuma(image);
  return [
    ...[Math.log(bytes.length), brightness, contrast, Math.log(computeSharpness(image) + 1)],
    ...[image.width, image.height, sumQuantisationTables(bytes)],
  ];
}
