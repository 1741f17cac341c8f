import { createRandom, DatasetError, faceForensics } from '@sofd/core';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace } from '../testing/synthetic-face.js';
import { createBlendOnly } from './blend-only/blend-only.js';
import { allExpansionModes } from './expansion-modes.js';
import type { ExpansionRegion } from './expansion-region.js';
import { createRegionSwap, regionSwap } from './region-swap/region-swap.js';
import { relabel } from './relabel/relabel.js';

const target = createSyntheticFace({ id: 'target' });
const donor = createSyntheticFace({ id: 'donor', shift: [0.02, -0.01], stretch: 1.2, tone: -30 });
const others = { regions: ['eyebrow', 'skin'], colors: ['none', 'seamless'] } as const;
const modes = [...allExpansionModes, createRegionSwap(others), createBlendOnly(others)];
const cases = modes.flatMap((mode) => mode.regions.map((region) => ({ mode, region, name: mode.name })));
/** A mesh point inside of each region. */
const inside: Readonly<Record<ExpansionRegion, number>> = {
  eyes: 33,
  mouth: 61,
  nose: 49,
  eyebrow: 105,
  skin: 50,
  face: 4,
};

describe.each(cases)('$name of the $region', ({ mode, region }) => {
  const expand = (seed: number) => mode.expand({ target, donor, region, random: createRandom(seed) });

  test('leaves every pixel outside of the mask untouched, and changes most inside', () => {
    for (const seed of [1, 2, 3]) {
      const { image, mask } = expand(seed);
      let [outside, touchedOutside, core, touchedCore] = [0, 0, 0, 0];
      mask.data.forEach((value, i) => {
        const isTouched = [0, 1, 2].some((c) => image.data[3 * i + c] !== target.crop.data[3 * i + c]);
        if (value === 0) {
          outside++;
          touchedOutside += Number(isTouched);
        } else if (value > 0.9) {
          core++;
          touchedCore += Number(isTouched);
        }
      });
      expect(touchedOutside).toBe(0);
      expect(outside).toBeGreaterThan(0.4 * mask.data.length);
      expect(core).toBeGreaterThan(0);
      expect(touchedCore).toBeGreaterThan(0.7 * core);
    }
  });

  test('is the same for the same seed, and another for another', () => {
    expect(Buffer.from(expand(5).image.data)).toEqual(Buffer.from(expand(5).image.data));
    expect(Buffer.from(expand(5).image.data).equals(Buffer.from(expand(6).image.data))).toBe(false);
  });

  test('puts the mask over the region, with a legal label', () => {
    const { mask, manipulation, region: altered } = expand(1);
    const [x, y] = [0, 1].map((axis) => Math.round(target.mesh[2 * inside[region] + axis]!)) as [number, number];
    expect(mask.data[y * mask.width + x]).toBeGreaterThan(0.5);
    expect(altered).toBe(region);
    // Throws where the graph does not allow the label.
    for (const annotation of ['training', 'graph'] as const) relabel(faceForensics, manipulation, annotation);
  });

  test('does not take a pixel of the donor unless it says so', () => {
    if (mode.donor !== 'none') return;
    const { image } = mode.expand({ target, donor: null, region, random: createRandom(4) });
    expect(Buffer.from(image.data)).toEqual(Buffer.from(expand(4).image.data));
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

  test('takes the counterpart of the same frame without moving it', () => {
    const data = target.crop.data.map((value) => 255 - value);
    const fake = { ...target, id: 'fake', pair: target.id, crop: { ...target.crop, data } };
    const swap = createRegionSwap({ colors: ['none'], blendRatios: [1] });
    const { image, mask } = swap.expand({ target, donor: fake, region: 'eyes', random: createRandom(3) });
    let core = 0;
    mask.data.forEach((value, i) => {
      if (value < 1) return;
      core++;
      for (const c of [0, 1, 2]) expect(image.data[3 * i + c]).toBe(data[3 * i + c]);
    });
    expect(core).toBeGreaterThan(20);
  });
});
