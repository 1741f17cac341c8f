import { createRandom, DatasetError } from '@sofd/core';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace } from '../testing/synthetic-face.js';
import { expansionModes } from './expansion-modes.js';
import { expansionRegions } from './expansion-region.js';
import { regionSwap } from './region-swap/region-swap.js';

const target = createSyntheticFace({ id: 'target' });
const donor = createSyntheticFace({ id: 'donor', shift: [0.02, -0.01], stretch: 1.2, tone: -30 });
const cases = expansionModes.flatMap((mode) => expansionRegions.map((region) => ({ mode, region, name: mode.name })));

describe.each(cases)('$name of the $region', ({ mode, region }) => {
  const expand = (seed: number) => mode.expand({ target, donor, region, random: createRandom(seed) });

  test('leaves every pixel outside of the mask untouched, and changes most inside', () => {
    for (const seed of [1, 2, 3]) {
      const { image, mask } = expand(seed);
      let [outside, touchedOutside, inside, touchedInside] = [0, 0, 0, 0];
      mask.data.forEach((value, i) => {
        const isTouched = [0, 1, 2].some((c) => image.data[3 * i + c] !== target.crop.data[3 * i + c]);
        if (value === 0) {
          outside++;
          touchedOutside += Number(isTouched);
        } else if (value === 1) {
          inside++;
          touchedInside += Number(isTouched);
        }
      });
      expect(touchedOutside).toBe(0);
      expect(outside).toBeGreaterThan(0.4 * mask.data.length);
      expect(touchedInside).toBeGreaterThan(0.7 * inside);
    }
  });

  test('is the same for the same seed, and another for another', () => {
    expect(Buffer.from(expand(5).image.data)).toEqual(Buffer.from(expand(5).image.data));
    expect(Buffer.from(expand(5).image.data).equals(Buffer.from(expand(6).image.data))).toBe(false);
  });

  test('puts the mask over the region', () => {
    const { mask } = expand(1);
    const index = { eyes: 33, mouth: 61, nose: 4 }[region];
    const [x, y] = [Math.round(target.mesh[2 * index]!), Math.round(target.mesh[2 * index + 1]!)];
    expect(mask.data[y * mask.width + x]).toBeGreaterThan(0.5);
  });
});

describe('regionSwap', () => {
  test('needs a donor of the same crop size', () => {
    const small = createSyntheticFace({ id: 'small', size: 64 });
    const expand = (other: typeof small | null) => () =>
      regionSwap.expand({ target, donor: other, region: 'eyes', random: createRandom(1) });
    expect(expand(null)).toThrow(DatasetError);
    expect(expand(small)).toThrow(/112x112.*64x64/);
  });

  test('shows the donor, not the target, in the middle of the region', () => {
    const green = {
      ...donor,
      crop: { ...donor.crop, data: donor.crop.data.map((v, i) => (i % 3 === 1 ? 255 - v : v)) },
    };
    const run = (other: typeof donor) =>
      regionSwap.expand({ target, donor: other, region: 'mouth', random: createRandom(9) }).image.data;
    expect(Buffer.from(run(green)).equals(Buffer.from(run(donor)))).toBe(false);
  });
});
