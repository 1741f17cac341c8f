import { encodeJpeg, encodePng } from '@sofd/face';
import { expect, test } from 'vitest';
import { sumQuantisationTables } from './trivial-features.js';

const image = { width: 16, height: 16, data: new Uint8Array(768).map((_, i) => (i * 37) % 256) };

test('quantisation tables: two of 64 ones at quality 100, larger below, none in a PNG', async () => {
  expect(sumQuantisationTables(await encodeJpeg(image, { quality: 100 }))).toBe(128);
  const at = async (quality: number) => sumQuantisationTables(await encodeJpeg(image, { quality }));
  // Annex K of the JPEG standard: the tables of quality 50 sum to 3688 and 5505.
  expect(await at(50)).toBe(3688 + 5505);
  expect(await at(75)).toBeGreaterThan(await at(90));
  expect(sumQuantisationTables(await encodePng(image))).toBe(0);
});
