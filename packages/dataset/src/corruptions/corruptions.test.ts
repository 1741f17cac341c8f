import { createRandom, InvalidOptionError } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import { describe, expect, it, test } from 'vitest';
import { corruptions, drawCorruption } from './corruptions.js';
import { gaussianBlur } from './gaussian-blur.js';
import { greyBlocks } from './grey-blocks.js';
import { pixelation } from './pixelation.js';

function createNoise(width: number, height: number): PixelImage {
  const random = createRandom('pixels');
  return { width, height, data: Uint8ClampedArray.from({ length: 3 * width * height }, () => random.integer(256)) };
}

type Pixels = Pick<PixelImage, 'data'>;

const isEqual = (first: Pixels, second: Pixels) =>
  first.data.length === second.data.length && first.data.every((value, i) => value === second.data[i]);

describe.each(corruptions)('$name', (corruption) => {
  const image = createNoise(300, 260);
  const apply = (level: number, seed = 1) => corruption.apply(image, { level, random: createRandom(seed) });

  it('keeps the size and the input, and repeats itself', async () => {
    const before = Uint8ClampedArray.from(image.data);
    const first = await apply(1);
    expect([first.width, first.height, first.data.length]).toEqual([300, 260, 3 * 300 * 260]);
    expect(isEqual(first, await apply(1))).toBe(true);
    expect(isEqual({ data: before }, image)).toBe(true);
  });

  it('is stronger at each level', async () => {
    const measure = ({ data }: PixelImage) => {
      let sum = 0;
      for (const [i, value] of data.entries()) sum += Math.abs(value - image.data[i]!);
      return sum;
    };
    const strengths = await Promise.all(corruption.levels.map(async (_, i) => measure(await apply(i + 1))));
    expect(strengths).toEqual([...strengths].sort((a, b) => a - b));
    expect(strengths[0]).toBeGreaterThan(0);
  });

  it('refuses a level that it does not have', async () => {
    for (const level of [0, corruption.levels.length + 1, 1.5])
      await expect(apply(level)).rejects.toThrow(InvalidOptionError);
  });
});

test.each([gaussianBlur, pixelation])('$name leaves a flat image as it is, however small', async ({ apply }) => {
  for (const [width, height] of [
    [1, 1],
    [2, 9],
    [40, 3],
  ] as const) {
    const data = new Uint8ClampedArray(3 * width * height).fill(201);
    expect((await apply({ width, height, data }, { level: 2, random: createRandom(1) })).data).toEqual(data);
  }
});

test('grey blocks come with whole 256 pixels of the short side', async () => {
  const image = createNoise(255, 700);
  const { data } = await greyBlocks.apply(image, { level: 2, random: createRandom(1) });
  expect(isEqual({ data }, image)).toBe(true);
});

describe('drawCorruption', () => {
  it('draws each corruption and each of its levels equally often, and nothing mostly', () => {
    const random = createRandom('draws');
    const draws = 30_000;
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const drawn = drawCorruption(random);
      const key = drawn === null ? 'none' : `${drawn.corruption.name} ${drawn.level}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expectShare = (key: string, share: number) =>
      // Five standard deviations of a binomial count.
      expect(Math.abs(counts.get(key)! - draws * share)).toBeLessThan(5 * Math.sqrt(draws * share * (1 - share)));
    expectShare('none', 0.7);
    for (const { name, levels } of corruptions)
      levels.forEach((_, i) => {
        expectShare(`${name} ${i + 1}`, 0.3 / 5 / levels.length);
      });
  });

  it('never and always', () => {
    const random = createRandom(1);
    for (let i = 0; i < 100; i++) {
      expect(drawCorruption(random, { probability: 0 })).toBeNull();
      expect(drawCorruption(random, { probability: 1 })).not.toBeNull();
    }
    expect(() => drawCorruption(random, { probability: 1.1 })).toThrow(InvalidOptionError);
  });
});
