import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '@sofd/core';
import { decodeImage, type PixelImage } from '@sofd/face';
import { compareNumbers, describeOracle, type OracleGroup } from '@sofd-internal/oracle';
import { expect, it } from 'vitest';
import { colorNoise } from './color-noise.js';
import type { Corruption } from './corruption.js';
import { gaussianBlur } from './gaussian-blur.js';
import { greyBlocks } from './grey-blocks.js';
import { jpegCompression } from './jpeg-compression.js';
import { pixelation } from './pixelation.js';

interface Case {
  readonly input: string;
  /** Where the image is stored. */
  readonly output?: string;
  readonly type: 'GB' | 'JPEG' | 'BW' | 'GNC' | 'RealJPEG';
  readonly level?: number;
  readonly param?: number;
  readonly quality?: number;
  /** Name of the array of noise that was drawn. */
  readonly noise?: string;
  readonly psnr_vs_input_db?: number;
}

interface BlocksCase extends Case {
  readonly width: number;
  readonly height: number;
  readonly randint_calls_low_high_value: readonly (readonly [number, number, number])[];
  readonly blocks_x_y: readonly (readonly [number, number])[];
}

const published: Readonly<Record<Case['type'], Corruption>> = {
  GB: gaussianBlur,
  JPEG: pixelation,
  BW: greyBlocks,
  GNC: colorNoise,
  RealJPEG: jpegCompression,
};

/** A stream that gives the integers that the reference drew, and refuses to give more or others. */
function replayIntegers(calls: BlocksCase['randint_calls_low_high_value']): Random & { readonly left: () => number } {
  const rest = [...calls];
  const integer = (count: number) => {
    const [low, high, value] = rest.shift()!;
    expect([low, high]).toEqual([0, count - 1]);
    return value;
  };
  return { ...createRandom(0), integer, left: () => rest.length };
}

function replayNoise(noise: ArrayLike<number>): Random {
  let drawn = 0;
  return { ...createRandom(0), normal: () => noise[drawn++]! };
}

const hasArray = (name: string, group: OracleGroup) => group.arrayNames(/./).includes(name);

function measurePsnr(first: PixelImage, second: PixelImage): number {
  let sum = 0;
  first.data.forEach((value, i) => {
    sum += (value - second.data[i]!) ** 2;
  });
  return 10 * Math.log10(255 ** 2 / (sum / first.data.length));
}

function paintBlocks(image: PixelImage, { blocks_x_y }: BlocksCase): Uint8ClampedArray {
  const data = Uint8ClampedArray.from(image.data);
  for (const [left, top] of blocks_x_y)
    for (let y = top; y < top + 8; y++)
      for (let x = left; x < left + 8; x++) data.fill(128, 3 * (y * image.width + x), 3 * (y * image.width + x + 1));
  return data;
}

describeOracle('distortions', (group) => {
  const load = (file: string) => decodeImage(join(group.folder, file));
  const isFile = (file: string | undefined): file is string =>
    file !== undefined && existsSync(join(group.folder, file));
  const cases = group.json<Case[]>('cases.json');
  const hasNoise = ({ noise }: Case) => noise === undefined || hasArray(noise, group);

  for (const entry of cases.filter((item): item is BlocksCase => item.type === 'BW')) {
    it(`BW level ${entry.level}, ${entry.width}x${entry.height}: the reference's blocks`, async () => {
      const { width, height } = entry;
      const input = isFile(entry.input)
        ? await load(entry.input)
        : { width, height, data: new Uint8ClampedArray(3 * width * height) };
      const random = replayIntegers(entry.randint_calls_low_high_value);
      const { data } = await greyBlocks.apply(input, { level: entry.level!, random });
      expect(random.left()).toBe(0);
      const exact = { absolute: 0, relative: 0 };
      expect(compareNumbers(data, paintBlocks(input, entry), exact)).toMatchObject({ outside: 0 });
      if (!isFile(entry.output)) return;
      expect(compareNumbers(data, (await load(entry.output)).data, exact)).toMatchObject({ outside: 0 });
    });
  }

  for (const entry of cases.filter(({ type }) => type !== 'BW' && type !== 'RealJPEG')) {
    if (!isFile(entry.input) || !isFile(entry.output) || !hasNoise(entry)) continue;
    it(`${entry.output}: the reference's bytes`, async () => {
      const { levels, apply } = published[entry.type];
      expect(levels[entry.level! - 1]).toBe(entry.param);
      const random = replayNoise(entry.noise === undefined ? [] : group.array(entry.noise).data);
      const { data } = await apply(await load(entry.input), { level: entry.level!, random });
      // Blur and pixelation are integers, so exact. GNC is float32, cut to whole numbers: a multiplication that OpenCV fuses with
      // an addition may take a value over the edge, by one level in about one of a million.
      const tolerance = { absolute: entry.type === 'GNC' ? 1 : 0, relative: 0 };
      expect(compareNumbers(data, (await load(entry.output!)).data, tolerance)).toMatchObject({ outside: 0 });
    });
  }

  for (const entry of cases.filter(
    ({ type, input, output }) => type === 'RealJPEG' && isFile(input) && isFile(output),
  )) {
    it(`${entry.output}: about the reference's image, by another encoder`, async () => {
      const level = jpegCompression.levels.indexOf(entry.quality!) + 1;
      const input = await load(entry.input);
      const actual = await jpegCompression.apply(input, { level, random: createRandom(0) });
      const expected = await load(entry.output!);
      // The group's README allows 1 dB and 2 levels.
      expect(Math.abs(measurePsnr(actual, input) - entry.psnr_vs_input_db!)).toBeLessThan(1);
      let difference = 0;
      for (const [i, value] of expected.data.entries()) difference += Math.abs(value - actual.data[i]!);
      expect(difference / expected.data.length).toBeLessThan(2);
    });
  }

  it('GNC without noise darkens extreme colours as the reference does', async () => {
    const flip = (bytes: ArrayLike<number>) => Uint8Array.from(bytes, (_, i) => bytes[i - (i % 3) + 2 - (i % 3)]!);
    const [height, width] = group.array('gnc_extreme_in_bgr').shape as [number, number];
    const input = { width, height, data: flip(group.array('gnc_extreme_in_bgr').data) };
    const random = { ...createRandom(0), normal: () => 0 };
    const { data } = await colorNoise.apply(input, { level: 1, random });
    const expected = group.array('gnc_extreme_zero_noise_out_bgr').data;
    expect(compareNumbers(flip(data), expected, group.tolerance('gnc_extreme_zero_noise_out_bgr'))).toMatchObject({
      outside: 0,
      largest: 0,
    });
  });
});
