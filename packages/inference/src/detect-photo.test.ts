import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cropFace, decodeImage, type Landmarks5, type PixelImage, resizeShortSide } from '@sofd/face';
import type { CheckpointSource } from '@sofd/model';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildTinySource } from '../test/tiny-checkpoint.js';
import { createDetector } from './create-detector.js';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

describe('detect in a photo of four people', () => {
  let model: CheckpointSource;
  let photo: PixelImage;
  beforeAll(async () => {
    model = await buildTinySource();
    photo = resizeShortSide(await decodeImage(join(demo, 'sample6.jpg')), 540);
  });

  it('judges every face, largest first, inside the photo', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    const { faces, image, verdict } = await detector.detect(photo);
    await detector.dispose();
    expect(faces.map(({ id }) => id)).toEqual(['face-1', 'face-2', 'face-3', 'face-4']);
    expect(verdict).toBe('fake');
    const areas = faces.map(({ box }) => box!.width * box!.height);
    expect(areas).toEqual([...areas].sort((a, b) => b - a));
    for (const { box, landmarks, crop } of faces) {
      expect(box!.x > 0 && box!.y > 0 && box!.x + box!.width < image.width).toBe(true);
      expect(landmarks).toHaveLength(5);
      expect(landmarks![0]!.x).toBeLessThan(landmarks![1]!.x);
      expect(crop).toEqual({ version: 'arcface-1.3/v1', size: 317 });
    }
  });

  it('gives a face the probability of its crop', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    const { faces } = await detector.detect(photo);
    for (const { landmarks, labels } of faces) {
      const points = landmarks!.map(({ x, y }) => [x, y]) as unknown as Landmarks5;
      const alone = await detector.detect(cropFace(photo, points).image, { crop: 'none' });
      // The same pixels in another batch: sums of float32 in another order at most.
      for (const [name, { probability }] of Object.entries(alone.faces[0]!.labels))
        expect(Math.abs(probability - labels[name]!.probability)).toBeLessThan(1e-6);
    }
    await detector.dispose();
  });

  it('keeps to maxFaces and abstains below minQuality, with the reason', async () => {
    const detector = await createDetector({ model, engine: 'wasm', maxFaces: 2, minQuality: 1 });
    const { faces, verdict } = await detector.detect(photo);
    await detector.dispose();
    expect(faces).toHaveLength(2);
    expect(verdict).toBe('uncertain');
    for (const { labels, explanation, probability } of faces) {
      expect(Object.values(labels).some(({ altered }) => altered)).toBe(false);
      expect(explanation.summary).toMatch(/^Not judged: the face is /);
      expect(probability).toBeGreaterThan(0);
    }
  });
});
