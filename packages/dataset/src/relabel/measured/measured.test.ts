import { createRandom, DatasetError, faceForensics, InvalidOptionError, type MeasuredChange } from '@sofd/core';
import { meshIndices } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace } from '../../../testing/synthetic-face.js';
import { regionSwap } from '../../region-swap/region-swap.js';
import { calibrateChange } from './calibrate-change.js';
import { decideChange } from './decide-change.js';
import type { DescribedCrop } from './describe-crop.js';
import { measureAgreement } from './measure-agreement.js';
import { measureChange } from './measure-change.js';
import { measureMeshShift } from './mesh-shift.js';

const target = createSyntheticFace({ id: 'a' });
const donor = createSyntheticFace({ id: 'b', tone: -40 });
const calm = { anger: 0, disgust: 0, fear: 0, happiness: 0, sadness: 0, surprise: 0, neutral: 1 };

const describeAs = (crop = target.crop, rest: Partial<DescribedCrop> = {}): DescribedCrop => ({
  crop,
  descriptor: Float32Array.of(1, 0),
  age: 30,
  femaleProbability: 0.5,
  expression: calm,
  found: { mesh: target.mesh, pose: { yaw: 0, pitch: 0, roll: 179 } },
  ...rest,
});

const unchanged: MeasuredChange = measureChange(describeAs(), describeAs(), target.mesh);

describe('measureChange', () => {
  test('finds nothing between an image and itself', () => {
    for (const value of Object.values(unchanged)) expect(value).toBeCloseTo(0, 6);
  });

  test('measures descriptions in the units that it states', () => {
    const altered = describeAs(target.crop, {
      descriptor: Float32Array.of(0, 1),
      age: 42,
      femaleProbability: 0.25,
      expression: { ...calm, happiness: 0.75, neutral: 0.25 },
      found: { mesh: target.mesh, pose: { yaw: 10, pitch: -5, roll: -179 } },
    });
    const change = measureChange(describeAs(), altered, target.mesh);
    // From 179 to -179 degrees the head turned by 2, not by 358.
    expect(change).toMatchObject({
      identity: 1,
      expression: 0.75,
      age: 12,
      gender: -0.25,
      yaw: 10,
      pitch: -5,
      roll: 2,
    });
  });

  test('says nothing of what the finder did not see', () => {
    const change = measureChange(describeAs(), describeAs(target.crop, { found: null }), target.mesh);
    expect(change).toMatchObject({ yaw: null, pitch: null, roll: null, lipShift: null, browShift: null, identity: 0 });
  });

  test.each([
    ['eyes', 'eyeDifference', ['mouthDifference', 'lipDifference']],
    ['mouth', 'mouthDifference', ['eyeDifference', 'eyebrowDifference']],
  ] as const)('sees a swap of the %s there and nowhere else', (region, own, others) => {
    const { image } = regionSwap.expand({ target, donor, region, random: createRandom(4) });
    const change = measureChange(describeAs(), describeAs(image), target.mesh);
    expect(change[own]).toBeGreaterThan(1);
    for (const other of others) expect(change[other]).toBe(0);
  });

  test('states differences in CIE 1976 units', () => {
    const grey = (value: number) => ({
      ...target.crop,
      data: new Uint8ClampedArray(target.crop.data.length).fill(value),
    });
    const change = measureChange(describeAs(grey(0)), describeAs(grey(255)), target.mesh);
    // Black to white is 100 in L*; the sRGB white of four digits is off by 0.01.
    for (const name of ['eyeDifference', 'skinDifference', 'backgroundDifference'] as const)
      expect(change[name]).toBeCloseTo(100, 1);
  });

  test('refuses crops of two sizes', () => {
    const { crop } = createSyntheticFace({ id: 'c', size: 96 });
    expect(() => measureChange(describeAs(), describeAs(crop), target.mesh)).toThrow(DatasetError);
  });
});

describe('measureMeshShift', () => {
  const move = (indices: readonly number[], by: number) => {
    const mesh = Float32Array.from(target.mesh);
    for (const i of indices) mesh[2 * i + 1]! += by;
    return mesh;
  };

  test('counts lips and brows in distances of the eyes, and a moved head for nothing', () => {
    const lips = [...meshIndices.lipsOuter, ...meshIndices.lipsInner];
    const moved = measureMeshShift(target.mesh, move(lips, 5));
    const eyes = Math.hypot(
      ...[0, 1].map((axis) => {
        const mean = (indices: readonly number[]) =>
          indices.reduce((sum, i) => sum + target.mesh[2 * i + axis]!, 0) / indices.length;
        return mean(meshIndices.rightEye) - mean(meshIndices.leftEye);
      }),
    );
    // float32 coordinates of about 100 are exact to 4e-6 pixels.
    expect(moved.lips).toBeCloseTo(5 / eyes, 5);
    expect(moved.brows).toBeCloseTo(0, 5);
    const turned = Float32Array.from(target.mesh, (_, k) => {
      const [x, y] = [target.mesh[k - (k % 2)]!, target.mesh[k - (k % 2) + 1]!];
      return k % 2 === 0 ? 1.2 * (0.8 * x - 0.6 * y) + 7 : 1.2 * (0.6 * x + 0.8 * y) - 3;
    });
    expect(measureMeshShift(target.mesh, turned).lips).toBeCloseTo(0, 4);
  });
});

const withIdentity = (identity: number, rest: Partial<MeasuredChange> = {}): MeasuredChange => ({
  ...unchanged,
  identity,
  ...rest,
});

describe('calibrateChange', () => {
  test('takes the order statistic that holds for small samples', () => {
    const controls = Array.from({ length: 39 }, (_, i) => withIdentity((i + 1) / 100, { age: i % 2 === 0 ? -i : i }));
    const { thresholds, controls: counts } = calibrateChange(controls);
    // ceil(40 * 0.95) = 38: the 38th of 39.
    expect(thresholds.identity).toBe(0.38);
    // Magnitudes 1..38, as 0 did not touch it: ceil(39 * 0.95) = 38.
    expect([thresholds.age, counts.age]).toEqual([38, 38]);
    expect(thresholds.yaw).toBeNull();
  });

  test('gives no threshold to fewer than 19 controls', () => {
    const controls = (count: number) => Array.from({ length: count }, (_, i) => withIdentity((i + 1) / 100));
    expect(calibrateChange(controls(18)).thresholds.identity).toBeNull();
    expect(calibrateChange(controls(19)).thresholds.identity).toBe(0.19);
  });

  test('keeps its promise on average over calibrations', () => {
    const random = createRandom(9);
    let beyond = 0;
    const repeats = 4000;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const draw = () => withIdentity(random.uniform());
      const { thresholds } = calibrateChange(Array.from({ length: 30 }, draw), { quantile: 0.9 });
      beyond += Number(draw().identity > thresholds.identity!);
    }
    // 28 of 31 places are at or under the threshold: 3/31; four standard errors of a share over 4000 draws.
    const rate = 3 / 31;
    expect(Math.abs(beyond / repeats - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / repeats));
  });

  test.each([0, 1, Number.NaN])('refuses the quantile %s', (quantile) => {
    expect(() => calibrateChange([], { quantile })).toThrow(InvalidOptionError);
  });
});

const thresholds = { ...calibrateChange([]).thresholds, identity: 0.1, lipDifference: 2, age: 5 };

describe('decideChange', () => {
  test('supports what is beyond its threshold, and says what it cannot decide', () => {
    const change = withIdentity(0.2, { lipDifference: 1, age: -6 });
    const { supported, undecided } = decideChange(change, { thresholds }, { graph: faceForensics });
    expect(supported).toEqual(['identity']);
    // Lips are decided; the others have no thresholds; physical inconsistency and fake have no evidence.
    expect(undecided).toEqual(['expression', 'eye', 'eyebrow', 'mouth', 'nose', 'skin']);
  });

  test("takes evidence of one's own, and magnitudes", () => {
    const change = withIdentity(0, { age: -6 });
    const evidence = { skin: ['age'], identity: ['identity'] } as const;
    const decided = decideChange(change, { thresholds }, { graph: faceForensics, evidence });
    expect(decided).toMatchObject({ supported: ['skin'], undecided: [] });
  });
});

describe('measureAgreement', () => {
  const row = (altered: string[], supported: string[], undecided: string[] = []) => ({
    altered,
    measured: { change: unchanged, supported, undecided },
  });

  test("gives Cohen's kappa and Wilson's interval", () => {
    // The worked example of Cohen's kappa with cells 20, 5, 10, 15: agreement 0.7, kappa 0.4.
    const rows = [
      ...Array.from({ length: 20 }, () => row(['lip'], ['lip'])),
      ...Array.from({ length: 5 }, () => row(['lip'], [])),
      ...Array.from({ length: 10 }, () => row([], ['lip'])),
      ...Array.from({ length: 15 }, () => row([], [])),
      row(['lip'], [], ['lip']),
      { altered: ['lip'], measured: null },
    ];
    const [lip, ...others] = measureAgreement(rows, { labels: ['fake', 'lip'], evidence: { lip: ['lipDifference'] } });
    expect(others).toEqual([]);
    expect(lip).toMatchObject({
      both: 20,
      nominalOnly: 5,
      measuredOnly: 10,
      neither: 15,
      undecided: 1,
      agreement: 0.7,
    });
    expect(lip!.kappa).toBeCloseTo(0.4, 12);
    // 35 of 50: Wilson's 95 % interval is 0.562 to 0.809.
    expect(lip!.interval![0]).toBeCloseTo(0.562, 3);
    expect(lip!.interval![1]).toBeCloseTo(0.809, 3);
  });

  test('has no figures without decided rows, and no kappa where all is one', () => {
    const options = { labels: ['lip'], evidence: { lip: ['lipDifference'] } } as const;
    expect(measureAgreement([], options)[0]).toMatchObject({ agreement: null, interval: null, kappa: null });
    expect(measureAgreement([row([], [])], options)[0]).toMatchObject({ agreement: 1, kappa: null });
  });
});
