import { createRandom, type MeasuredChange, measuredQuantities } from '@sofd/core';
import { createFaceFinder, type FaceFinder, type PixelImage } from '@sofd/face';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPhotoFaces } from '../../../testing/photo-faces.js';
import { blendOnly } from '../../blend-only/blend-only.js';
import type { ExpansionMode } from '../../expansion-mode.js';
import type { ExpansionRegion } from '../../expansion-region.js';
import type { FaceSample } from '../../face-sample.js';
import { faceSwap } from '../../face-swap/face-swap.js';
import { chooseDonor } from '../../region-swap/choose-donor.js';
import { measureOutline } from '../../region-swap/face-outline.js';
import { regionSwap } from '../../region-swap/region-swap.js';
import { warp } from '../../warp/warp.js';
import { calibrateChange } from './calibrate-change.js';
import { type DescribedCrop, describeCrop } from './describe-crop.js';
import { drawControl } from './draw-control.js';
import { measureChange } from './measure-change.js';

interface MeasuredFace {
  readonly sample: FaceSample;
  readonly real: DescribedCrop;
  readonly controls: readonly MeasuredChange[];
}

let finder: FaceFinder;
let faces: readonly MeasuredFace[];

const measure = async ({ sample: { mesh }, real }: Pick<MeasuredFace, 'sample' | 'real'>, image: PixelImage) =>
  measureChange(real, await describeCrop(finder, image, mesh), mesh);

async function measureControls(sample: FaceSample, index: number): Promise<MeasuredFace> {
  const real = await describeCrop(finder, sample.crop, sample.mesh);
  const random = createRandom(11).split(sample.id);
  const region = blendOnly.regions[index % blendOnly.regions.length]!;
  const blended = blendOnly.expand({ target: sample, donor: null, region, random: random.split('blend') }).image;
  const images = [blended, await drawControl(sample.crop, random.split('control'))];
  const controls: MeasuredChange[] = [];
  for (const image of images) controls.push(await measure({ sample, real }, image));
  return { sample, real, controls };
}

beforeAll(async () => {
  const samples = await loadPhotoFaces({ photos: [1, 2, 3, 4, 5, 6] });
  finder = await createFaceFinder();
  const measured: MeasuredFace[] = [];
  for (const [index, sample] of samples.entries()) measured.push(await measureControls(sample, index));
  faces = measured;
}, 300_000);

afterAll(() => finder?.dispose());

/** The changes that a mode makes to the first few faces. */
async function measureMode(mode: ExpansionMode, region: ExpansionRegion): Promise<MeasuredChange[]> {
  const outlines = faces.map(({ sample }) => measureOutline(sample));
  const changes: MeasuredChange[] = [];
  for (const [index, face] of faces.slice(0, 5).entries()) {
    const random = createRandom(5).split(face.sample.id);
    const chosen =
      mode.donor === 'none' ? null : chooseDonor(outlines[index]!, outlines, { region, random: random.split('donor') });
    const donor = faces.find(({ sample }) => sample.id === chosen?.id)?.sample ?? null;
    changes.push(await measure(face, mode.expand({ target: face.sample, donor, region, random }).image));
  }
  return changes;
}

const medianOf = (changes: readonly MeasuredChange[], quantity: keyof MeasuredChange) =>
  changes.map((change) => Math.abs(change[quantity]!)).sort((a, b) => a - b)[Math.floor(changes.length / 2)]!;

describe('on photographs', () => {
  test('finds every face again in its crop', () => {
    for (const { real, controls } of faces) {
      expect(real.found).not.toBeNull();
      for (const { yaw } of controls) expect(yaw).not.toBeNull();
    }
  });

  test('unchanged images of a person stay under thresholds of other people at about the stated rate', () => {
    const rates = measuredQuantities.map((quantity) => {
      let beyond = 0;
      for (const face of faces) {
        const others = faces.filter((one) => one !== face).flatMap(({ controls }) => controls);
        const threshold = calibrateChange(others, { quantile: 0.9 }).thresholds[quantity];
        expect(threshold).not.toBeNull();
        for (const change of face.controls) beyond += Number(Math.abs(change[quantity]!) > threshold!);
      }
      return beyond / faces.flatMap(({ controls }) => controls).length;
    });
    // Both images of a person may go together, so that people count: three standard errors of a rate of 0.1 over 21 of them.
    const error = Math.sqrt((0.1 * 0.9) / faces.length);
    for (const rate of rates) expect(rate).toBeLessThan(0.1 + 3 * error);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    expect(mean).toBeGreaterThan(0.02);
    expect(mean).toBeLessThan(0.1 + error);
  });

  test('each alteration shows where it is, and not elsewhere', async () => {
    // 42 controls, of which a region has been touched in 28: the higher quantile of the default would be their maximum.
    const { thresholds } = calibrateChange(
      faces.flatMap(({ controls }) => controls),
      { quantile: 0.9 },
    );
    const eyes = await measureMode(regionSwap, 'eyes');
    expect(medianOf(eyes, 'eyeDifference')).toBeGreaterThan(thresholds.eyeDifference!);
    for (const change of eyes) expect(change.mouthDifference).toBeLessThan(thresholds.mouthDifference!);
    const mouth = await measureMode(warp, 'mouth');
    expect(medianOf(mouth, 'lipShift')).toBeGreaterThan(thresholds.lipShift!);
    expect(medianOf(mouth, 'browShift')).toBeLessThan(thresholds.browShift!);
    const swaps = await measureMode(faceSwap, 'face');
    for (const { identity } of swaps) expect(identity).toBeGreaterThan(thresholds.identity!);
    for (const { identity } of mouth) expect(identity).toBeLessThan(medianOf(swaps, 'identity'));
  }, 120_000);
});
