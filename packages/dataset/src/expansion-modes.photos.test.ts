import { createRandom } from '@sofd/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BorderStatistics, compareDistributions, measureBorder } from '../testing/border-statistics.js';
import { loadPhotoFaces } from '../testing/photo-faces.js';
import { blendOnly } from './blend-only/blend-only.js';
import type { ExpansionMode } from './expansion-mode.js';
import { allExpansionModes } from './expansion-modes.js';
import type { FaceSample } from './face-sample.js';
import { chooseDonor } from './region-swap/choose-donor.js';
import { measureOutline } from './region-swap/face-outline.js';
import { regionSwap } from './region-swap/region-swap.js';

let faces: readonly FaceSample[];

beforeAll(async () => {
  faces = await loadPhotoFaces({ photos: [1, 2, 3, 4, 5, 6] });
}, 300_000);

/** What the pipeline does for one image. */
function expandFace(mode: ExpansionMode, target: FaceSample, index: number) {
  const region = mode.regions[index % mode.regions.length]!;
  const random = createRandom(11).split(target.id).split(mode.name).split(region);
  const outlines = faces.map(measureOutline);
  const options = { region, random: random.split('donor') };
  const chosen = mode.donor === 'none' ? null : chooseDonor(measureOutline(target), outlines, options);
  const donor = faces.find(({ id }) => id === chosen?.id) ?? null;
  return mode.expand({ target, donor, region, random });
}

/** Border statistics of every face with every region, and of the untouched faces at the same places. */
function measureMode(mode: ExpansionMode): {
  readonly made: BorderStatistics[];
  readonly untouched: BorderStatistics[];
} {
  const made: BorderStatistics[] = [];
  const untouched: BorderStatistics[] = [];
  for (const target of faces) {
    for (let index = 0; index < mode.regions.length; index++) {
      const { image, mask } = expandFace(mode, target, index);
      made.push(measureBorder(image, mask));
      untouched.push(measureBorder(target.crop, mask));
    }
  }
  return { made, untouched };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('on photographs', () => {
  test.each(allExpansionModes)('$name leaves every byte outside of the mask as it was', (mode) => {
    for (const target of faces.slice(0, mode.regions.length)) {
      const { image, mask } = expandFace(mode, target, faces.indexOf(target));
      let touched = 0;
      let outside = 0;
      mask.data.forEach((value, i) => {
        if (value > 0) return;
        outside++;
        for (const c of [0, 1, 2]) touched += Number(image.data[3 * i + c] !== target.crop.data[3 * i + c]);
      });
      expect(outside).toBeGreaterThan(0.3 * mask.data.length);
      expect(touched).toBe(0);
    }
  });

  test('region-swap has no seam, and blend-only the same border as region-swap', () => {
    const swap = measureMode(regionSwap);
    const control = measureMode(blendOnly);
    for (const kind of ['jump', 'step'] as const) {
      const of = (all: readonly BorderStatistics[]) => all.map((statistics) => statistics[kind]);
      expect(mean(of(swap.made)) / mean(of(swap.untouched))).toBeLessThan(1.5);
      // The two-sample test of Kolmogorov and Smirnov at the 5 % level: c(0.05) = 1.358, times sqrt(2 / n) for n values each.
      const critical = 1.358 * Math.sqrt(2 / swap.made.length);
      expect(compareDistributions(of(swap.made), of(control.made))).toBeLessThan(critical);
    }
  }, 300_000);
});
