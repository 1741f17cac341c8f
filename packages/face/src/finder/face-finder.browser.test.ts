/// <reference types="vite/client" />
import { wasm } from '@sofd/backend-wasm';
import { countTensors, useBackend } from '@sofd/tensor';
import photoUrl from '@vladmandic/face-api/demo/sample6.jpg?url';
import { expect, it } from 'vitest';
import { decodeImage } from '../image/decode-image.js';
import { createFaceFinder } from './face-finder.js';
import expected from './fixtures/sample6.json' with { type: 'json' };

it('finds in a browser the landmarks that Node finds', async () => {
  await useBackend(wasm());
  const before = countTensors();
  const finder = await createFaceFinder();
  const photo = await decodeImage(photoUrl);
  expect([photo.width, photo.height]).toEqual([expected.width, expected.height]);
  const faces = await finder.find(photo);
  expect(faces.length).toBe(expected.landmarks.length);
  const distances = faces.flatMap(({ landmarks }, face) =>
    landmarks.map(([x, y], i) => {
      const [wantedX, wantedY] = expected.landmarks[face]![i]!;
      return Math.hypot(x - wantedX!, y - wantedY!);
    }),
  );
  // The same wasm kernels on the same pixels; the fixture is rounded to 1e-3.
  expect(Math.max(...distances)).toBeLessThan(1e-2);
  const { descriptor, age } = await finder.describe(photo, faces[0]!);
  expect(descriptor.length).toBe(1024);
  expect(Math.abs(age - expected.age)).toBeLessThanOrEqual(0.1);
  finder.dispose();
  // The describing model is freed a turn later.
  await Promise.resolve();
  expect(countTensors()).toBe(before);
});
