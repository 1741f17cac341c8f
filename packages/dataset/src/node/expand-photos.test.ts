import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { assertLegalTargets } from '@sofd/core';
import { createFaceFinder, type Face, type FaceDescription, type FaceFinder, type PixelImage } from '@sofd/face';
import { useBackend } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { append } from '../append.js';
import { type ExpansionSummary, expandFolder } from './expand-folder.js';
import { openDataset } from './open-dataset.js';

const photoCount = 6;

let folder: string;
let finder: RememberingFinder;
let summary: ExpansionSummary;
const samples = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Runs the models once a photograph, but for photographs that it is told to forget. */
interface RememberingFinder extends FaceFinder {
  forget(): void;
}

function remember(inner: FaceFinder): RememberingFinder {
  const found = new Map<string, Promise<Face[]>>();
  const described = new Map<Face, Promise<FaceDescription>>();
  const nameOf = (image: PixelImage) => createHash('sha256').update(image.data).digest('hex');
  const once = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
    const value = map.get(key) ?? make();
    map.set(key, value);
    return value;
  };
  return {
    find: (image) => once(found, nameOf(image), () => inner.find(image)),
    describe: (image, face) => once(described, face, () => inner.describe(image, face)),
    describeExpression: (image, face) => inner.describeExpression(image, face),
    forget: () => found.delete(found.keys().next().value ?? ''),
    dispose: () => inner.dispose(),
  };
}

async function hashFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  return (await Promise.all(files.map(async (file) => `${file.slice(path.length)} ${await hash(file)}`))).sort();
}

const expand = (output: string) =>
  expandFolder({ input: join(folder, 'photos'), output: join(folder, output), finder, seed: 7 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-photos-'));
  const photos = join(folder, 'photos');
  await mkdir(photos);
  for (let i = 1; i <= photoCount; i++) await copyFile(join(samples, `sample${i}.jpg`), join(photos, `sample${i}.jpg`));
  await writeFile(join(photos, 'text.jpg'), 'no image at all');
  const bytes = await readFile(join(samples, 'sample1.jpg'));
  await writeFile(join(photos, 'truncated.jpg'), bytes.subarray(0, Math.floor(bytes.length / 3)));
  await useBackend(wasm());
  finder = remember(await createFaceFinder());
  summary = await expand('first');
}, 600_000);

afterAll(async () => {
  finder.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('expandFolder on photographs', () => {
  test('finds the faces and makes one image a region and mode of each', () => {
    expect(summary.items).toBe(photoCount);
    // 21 or 22 faces are large enough, a few of them turned away.
    expect(summary.faces).toBeGreaterThanOrEqual(18);
    expect(summary.expanded['blend-only']).toBe(3 * summary.faces);
    expect(summary.expanded['region-swap']).toBe(3 * summary.faces);
    const reasons = new Map(summary.skipped.map(({ file, reason }) => [file, reason]));
    expect(reasons.get('text.jpg')).toMatch(/decodeImage/);
    expect(reasons.get('truncated.jpg')).toMatch(/ends before its end marker/);
  });

  test('gives legal labels, and no person or parent across splits', async () => {
    const dataset = await openDataset(join(folder, 'first'), { verify: true });
    for (const row of dataset.rows) assertLegalTargets(dataset.graph, row.targets, row.id);
    const splitOf = new Map<string, string>();
    for (const row of dataset.rows) {
      expect(splitOf.get(row.identity) ?? row.split).toBe(row.split);
      splitOf.set(row.identity, row.split);
    }
    expect(new Set(splitOf.values()).size).toBe(3);
    expect(splitOf.size).toBe(summary.identities);
  });

  test('knows people again who are in two photographs, and keeps the people of one photograph apart', async () => {
    const { rows } = await openDataset(join(folder, 'first'));
    const faces = rows.filter(({ mode }) => mode === 'original');
    const photosOf = new Map<string, string[]>();
    for (const { identity, source } of faces) append(photosOf, identity, source);
    expect(summary.identities).toBeLessThan(faces.length);
    expect(summary.identities).toBeGreaterThan(faces.length / 2);
    for (const photos of photosOf.values()) expect(new Set(photos).size).toBe(photos.length);
    // The largest faces of sample1 and sample3 are one woman.
    expect(
      [...photosOf.values()].some((photos) => photos.includes('sample1.jpg') && photos.includes('sample3.jpg')),
    ).toBe(true);
  });

  test('writes the same bytes again', async () => {
    finder.forget();
    expect(await expand('second')).toEqual(summary);
    expect(await hashFiles(join(folder, 'second'))).toEqual(await hashFiles(join(folder, 'first')));
  }, 600_000);
});
