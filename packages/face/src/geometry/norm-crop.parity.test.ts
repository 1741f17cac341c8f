import { join } from 'node:path';
import { compareNumbers, describeOracle } from '@sofd-internal/oracle';
import { expect, it } from 'vitest';
import { decodeImage } from '../image/decode-image.js';
import type { Point } from './affine.js';
import { computeAlignment, type Landmarks5 } from './face-crop.js';
import { warpAffine } from './warp-affine.js';

interface Parameters {
  readonly id: number;
  readonly outsize: readonly [number, number];
  readonly scale: number;
  readonly note: string;
  readonly degenerate: boolean;
}

interface Crop {
  readonly file: string;
  readonly landmarks: Landmarks5;
  readonly outsize: readonly [number, number];
  readonly scale: number;
}

// The manifest states both in words: the reference computes in float32.
const linearTolerance = { absolute: 1e-5, relative: 0 };
const shiftTolerance = { absolute: 5e-3, relative: 0 };

describeOracle('norm_crop', (group) => {
  const landmarks = group.array('landmarks');
  const matrices = group.array('matrices').data;
  const pointsOf = (id: number) =>
    Array.from(
      { length: 5 },
      (_, i): Point => [landmarks.data[id * 10 + 2 * i]!, landmarks.data[id * 10 + 2 * i + 1]!],
    );

  for (const { id, outsize, scale, note, degenerate } of group.json<Parameters[]>('params.json')) {
    it(`aligns landmark set ${id}: ${note}`, () => {
      const align = () =>
        computeAlignment(pointsOf(id) as unknown as Landmarks5, {
          size: { width: outsize[0], height: outsize[1] },
          scale,
        });
      if (degenerate) {
        // The reference answers NaN; a crop of nothing is worth an error.
        expect(align).toThrowError(/do not all coincide/);
        return;
      }
      const matrix = align();
      const expected = Array.from(matrices.subarray(id * 6, id * 6 + 6));
      const linear = [0, 1, 3, 4] as const;
      const shift = [2, 5] as const;
      const pick = (values: ArrayLike<number>, at: readonly number[]) => at.map((i) => values[i]!);
      expect(compareNumbers(pick(matrix, linear), pick(expected, linear), linearTolerance)).toMatchObject({
        outside: 0,
      });
      expect(compareNumbers(pick(matrix, shift), pick(expected, shift), shiftTolerance)).toMatchObject({ outside: 0 });
    });
  }

  for (const { file, landmarks: points, outsize, scale } of group.json<Crop[]>('crops.json')) {
    it(`warps ${file} to within the reference's quantised interpolation`, async () => {
      const source = await decodeImage(join(group.folder, 'source.png'));
      const expected = await decodeImage(join(group.folder, file));
      const size = { width: outsize[0], height: outsize[1] };
      const crop = warpAffine(source, computeAlignment(points, { size, scale }), size);
      let sum = 0;
      let largest = 0;
      crop.data.forEach((value, i) => {
        const difference = Math.abs(value - expected.data[i]!);
        sum += difference;
        largest = Math.max(largest, difference);
      });
      // The reference rounds coordinates to 1/32 pixel: its README accepts a mean of 0.3 and a maximum of 8 levels.
      expect(crop.data.length).toBe(expected.data.length);
      expect(sum / crop.data.length).toBeLessThan(0.3);
      expect(largest).toBeLessThanOrEqual(8);
    });
  }
});
