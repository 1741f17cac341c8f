import { createRandom } from '@sofd/core';
import { type Matrix2x3, transformPoints } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { createSyntheticFace } from '../../testing/synthetic-face.js';
import { faceSwap } from './face-swap.js';
import { mapTriangles } from './triangle-warp.js';

describe('mapTriangles', () => {
  const { mesh } = createSyntheticFace({ id: 'mesh' });
  const size = { width: 112, height: 112 };

  test('gives every pixel of the hull its place, exactly where the map is affine', () => {
    const affine: Matrix2x3 = [0.9, 0.2, 5, -0.1, 1.1, -7];
    const { x, y } = mapTriangles(transformPoints(mesh, affine), mesh, size);
    let mapped = 0;
    x.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      mapped++;
      const [column, row] = [i % 112, Math.floor(i / 112)];
      // Points are float32 of about 100; slivers of triangles, a tenth of a pixel thin, widen 1e-5 a hundredfold.
      expect(Math.abs(value - (0.9 * column + 0.2 * row + 5))).toBeLessThan(1e-2);
      expect(Math.abs(y[i]! - (-0.1 * column + 1.1 * row - 7))).toBeLessThan(1e-2);
    });
    // The face fills a quarter of the crop and more.
    expect(mapped).toBeGreaterThan(0.25 * x.length);
  });
});

describe('faceSwap', () => {
  const target = createSyntheticFace({ id: 'target', size: 160 });

  test('lays the donor’s mouth and eyes over the target’s, wherever they were', () => {
    const donor = createSyntheticFace({ id: 'donor', size: 160, shift: [0.03, -0.02], stretch: 0.85, tone: -20 });
    // A mark on the donor's cheek comes to the same point of the target's mesh.
    const marked = { ...donor, crop: { ...donor.crop, data: Uint8ClampedArray.from(donor.crop.data) } };
    const [x, y] = [Math.round(donor.mesh[2 * 50]!), Math.round(donor.mesh[2 * 50 + 1]!)];
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++)
        marked.crop.data.fill(0, 3 * ((y + dy) * 160 + x + dx), 3 * ((y + dy) * 160 + x + dx) + 3);
    }
    const expand = (other: typeof donor) =>
      faceSwap.expand({ target, donor: other, region: 'face', random: createRandom(2) }).image.data;
    const [plain, changed] = [expand(donor), expand(marked)];
    let darkest = { drop: 0, place: 0 };
    plain.forEach((value, i) => {
      if (value - changed[i]! > darkest.drop) darkest = { drop: value - changed[i]!, place: Math.floor(i / 3) };
    });
    expect(darkest.drop).toBeGreaterThan(60);
    const [column, row] = [darkest.place % 160, Math.floor(darkest.place / 160)];
    // The mark is 5 pixels wide.
    expect(Math.hypot(column - target.mesh[2 * 50]!, row - target.mesh[2 * 50 + 1]!)).toBeLessThan(4.5);
  });
});
