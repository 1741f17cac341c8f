import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PixelImage } from '@sofd/face';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSyntheticFinder, drawPhoto, type SyntheticPhoto } from '../../testing/synthetic-finder.js';
import { encodeImagePng } from './encode-png.js';
import { expandFolder } from './expand-folder.js';
import { openDataset } from './open-dataset.js';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const reason = hasFfmpeg ? '' : ' (skipped: no ffmpeg on the PATH)';
if (reason) process.stderr.write(`Expansion of videos${reason}\n`);

const people = Array.from({ length: 6 }, (_, person) => ({ person }));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-pairs-'));
  for (const name of ['real', 'fake']) await mkdir(join(folder, 'input', name), { recursive: true });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The photograph with another mouth; `number` is what the finder knows it by. */
function forge(photo: PixelImage, number: number): PixelImage {
  const { width, height } = photo;
  const data = Uint8ClampedArray.from(photo.data, (value, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return x > 0.4 * width && x < 0.6 * width && y > 0.7 * height && y < 0.76 * height ? 255 - value : value;
  });
  data[0] = number;
  return { width, height, data };
}

const expand = (photos: readonly SyntheticPhoto[] = people) =>
  expandFolder({
    input: join(folder, 'input'),
    output: join(folder, 'data'),
    source: 'paired-folder',
    finder: createSyntheticFinder(photos),
    seed: 3,
    cropSize: 64,
    frames: 4,
  });

describe('expandFolder on pairs', () => {
  test('cuts real and fake by one box, keeps them together, and takes regions out of the fake', async () => {
    const write = async (name: string, image: PixelImage) =>
      writeFile(join(folder, 'input', name), await encodeImagePng(image));
    for (const { person } of people) {
      await write(`real/${person}.png`, drawPhoto(person));
      // The finder does not see the last fakes: they must be there all the same.
      await write(`fake/${person}.png`, forge(drawPhoto(person), person < 4 ? person : 200));
    }
    const summary = await expand();
    expect(summary).toMatchObject({ items: 12, faces: 12, identities: 6, skipped: [] });
    const dataset = await openDataset(join(folder, 'data'), { verify: true });
    const byId = new Map(dataset.rows.map((row) => [row.id, row]));
    const fakes = dataset.rows.filter(({ mode, label }) => mode === 'original' && label === 'fake');
    expect(fakes.length).toBe(6);
    for (const fake of fakes) {
      const real = byId.get(fake.parents[0]!)!;
      expect(real).toMatchObject({ label: 'real', mode: 'original', split: fake.split, identity: fake.identity });
      expect(fake).toMatchObject({ manipulation: 'identity-swap', method: 'fake', showable: false, video: null });
      const [a, b] = [await dataset.load(real), await dataset.load(fake)];
      const differing = a.data.filter((value, i) => value !== b.data[i]).length / a.data.length;
      // The mouth alone: another box would move every edge of the face.
      expect(differing).toBeGreaterThan(0.001);
      expect(differing).toBeLessThan(0.1);
    }
    const swaps = dataset.rows.filter(({ mode }) => mode === 'region-swap');
    expect(swaps.length).toBe(18);
    for (const { parents } of swaps) expect(byId.get(parents[1]!)!.parents).toEqual([parents[0]]);
  });

  test('counts a fake without a frame of the same size', async () => {
    for (const { person } of people) {
      await writeFile(join(folder, 'input', `real/${person}.png`), await encodeImagePng(drawPhoto(person)));
      await writeFile(
        join(folder, 'input', `fake/${person}.png`),
        await encodeImagePng(
          person > 0
            ? forge(drawPhoto(person), person)
            : { width: 2, height: 2, data: new Uint8ClampedArray(12).fill(9) },
        ),
      );
    }
    const { faces, skipped } = await expand();
    expect(faces).toBe(11);
    expect(skipped).toEqual([expect.objectContaining({ file: 'fake/0.png', cause: 'no counterpart' })]);
  });

  test('counts the fake of a real photograph that is left out', async () => {
    for (const { person } of people) {
      const photo = drawPhoto(person);
      await writeFile(join(folder, 'input', `real/${person}.png`), await encodeImagePng(photo));
      await writeFile(join(folder, 'input', `fake/${person}.png`), await encodeImagePng(forge(photo, person)));
    }
    const { faces, skipped } = await expand(people.map(({ person }) => ({ person, age: person === 2 ? 12 : 40 })));
    expect(faces).toBe(10);
    expect(skipped.map(({ file, cause }) => [file, cause])).toEqual([
      ['real/2.png#0', 'too young'],
      ['fake/2.png', 'no counterpart'],
    ]);
  });
});

/** Writes a video without loss. */
function writeVideo(path: string, images: readonly PixelImage[]): void {
  const { width, height } = images[0]!;
  const input = Buffer.concat(images.map(({ data }) => Buffer.from(data)));
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', '25', '-i', '-'];
  const args = ['-v', 'error', ...raw, '-c:v', 'libx264rgb', '-crf', '0', path];
  const { status, stderr } = spawnSync('ffmpeg', args, { input });
  if (status !== 0) throw new Error(String(stderr));
}

describe.skipIf(!hasFfmpeg)(`expandFolder on videos${reason}`, () => {
  test('takes frames of a video with tracks, and the same frames of its fakes', async () => {
    for (const { person } of people.slice(0, 3)) {
      const frames = Array<PixelImage>(12).fill(drawPhoto(person));
      writeVideo(join(folder, 'input', `real/${person}.mp4`), frames);
      // One fake is shorter, as published fakes are at times.
      const length = person === 0 ? 8 : 12;
      writeVideo(
        join(folder, 'input', `fake/${person}.mp4`),
        frames.slice(0, length).map((frame) => forge(frame, person)),
      );
    }
    const summary = await expand();
    expect(summary).toMatchObject({ items: 6, identities: 3 });
    const missing = summary.skipped.filter(({ cause }) => cause !== 'no donor');
    expect(missing).toEqual([expect.objectContaining({ file: 'fake/0.mp4', cause: 'no counterpart' })]);
    const { rows } = await openDataset(join(folder, 'data'), { verify: true });
    const originals = rows.filter(({ mode }) => mode === 'original');
    expect(originals.length).toBe(12 + 11);
    for (const { person } of people.slice(0, 3)) {
      const own = originals.filter(({ video }) => video === `real/${person}.mp4`);
      // The middles of four parts of twelve frames.
      expect(own.map(({ frame }) => frame).sort((a, b) => a! - b!)).toEqual([1, 4, 7, 10]);
      expect(new Set(own.map(({ track }) => track)).size).toBe(1);
      expect(
        new Set(rows.filter(({ video }) => video?.endsWith(`/${person}.mp4`)).map(({ split }) => split)).size,
      ).toBe(1);
    }
    const fakes = originals.filter(({ label }) => label === 'fake');
    for (const fake of fakes) {
      const real = originals.find(({ id }) => id === fake.parents[0])!;
      expect([real.frame, real.track]).toEqual([fake.frame, fake.track]);
    }
  });
});
