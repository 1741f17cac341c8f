import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineLabelGraph, faceForensics, IllegalLabelError, InvalidOptionError } from '@sofd/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSyntheticFinder, drawPhoto } from '../../testing/synthetic-finder.js';
import { encodeImagePng } from './encode-png.js';
import { expandFolder } from './expand-folder.js';
import type { ExpandOptions } from './expand-options.js';
import { openDataset } from './open-dataset.js';

const people = Array.from({ length: 6 }, (_, person) => ({ person }));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-measure-'));
  await mkdir(join(folder, 'photos'));
  for (const { person } of people)
    await writeFile(join(folder, 'photos', `${person}.png`), await encodeImagePng(drawPhoto(person)));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const expand = (options: Partial<ExpandOptions> = {}) =>
  expandFolder({
    input: join(folder, 'photos'),
    output: join(folder, 'data'),
    finder: createSyntheticFinder(people),
    seed: 3,
    cropSize: 64,
    ...options,
  });

test('records what was measured beside the labels, which stay as they are', async () => {
  await expand();
  const plain = await openDataset(join(folder, 'data'));
  expect(plain.info.measurement).toBeNull();
  expect(plain.rows.every(({ measured }) => measured === null)).toBe(true);
  const { agreement } = await expand({ output: join(folder, 'measured'), measure: true });
  const { rows, info } = await openDataset(join(folder, 'measured'), { verify: true });
  expect(rows.map(({ measured: _, ...row }) => row)).toEqual(plain.rows.map(({ measured: _, ...row }) => row));
  for (const { mode, measured } of rows) expect(measured === null).toBe(mode === 'original');
  // A control of each face, and its three blend-only images, of which one touched the mouth.
  expect(info.measurement!.controls.noseDifference).toBeGreaterThanOrEqual(people.length * 2);
  expect(info.measurement!.agreement).toEqual(agreement);
  const mouth = rows.filter(({ mode, region }) => mode === 'region-swap' && region === 'mouth');
  expect(mouth.length).toBeGreaterThan(0);
  for (const { measured } of mouth) {
    expect(measured!.change.lipDifference).toBeGreaterThan(0);
    expect(measured!.change.eyeDifference).toBe(0);
    // The synthetic finder sees no face in a crop: what only a found face tells stays undecided.
    expect(measured!.change.lipShift).toBeNull();
    expect(measured!.undecided).toContain('expression');
  }
});

test("labels by a graph and rules of one's own, and measures by evidence of one's own", async () => {
  const labelGraph = defineLabelGraph({
    primary: { prompt: 'A {label} photo', label: 'edited' },
    global: { prompt: 'A photo with {label}', labels: { makeup: ['lips', 'lids'] } },
    local: { prompt: 'A photo with edited {label}', labels: ['lips', 'lids'] },
  });
  const rule = (local: 'lips' | 'lids') => ({ global: ['makeup'], local: [local] });
  const table = {
    real: null,
    'expansion:eyes': rule('lids'),
    'expansion:mouth': rule('lips'),
    'expansion:blend-only': null,
  };
  const own: Partial<ExpandOptions> = {
    ...{ labelGraph, annotation: { name: 'makeup', table }, regions: ['eyes', 'mouth'], perFace: 2 },
    ...{ measure: true, evidence: { lips: ['lipDifference'], lids: ['eyeDifference'] } },
  };
  const { agreement } = await expand(own);
  expect(agreement!.map(({ label }) => label)).toEqual(['lips', 'lids']);
  const { rows, info } = await openDataset(join(folder, 'data'));
  expect(info.annotation).toBe('makeup');
  for (const { mode, region, altered } of rows) {
    const expected = { eyes: ['edited', 'makeup', 'lids'], mouth: ['edited', 'makeup', 'lips'] }[`${region}`];
    expect(altered).toEqual(mode === 'region-swap' ? expected : []);
  }
});

test('refuses rules and evidence that the graph does not know, before any work', async () => {
  const table = { real: { global: ['makeup'], local: [] } };
  await expect(expand({ annotation: { name: 'own', table } })).rejects.toThrow(IllegalLabelError);
  const misspelt = expand({ labelGraph: faceForensics, evidence: { lids: ['eyeDifference'] } });
  await expect(misspelt).rejects.toThrow(InvalidOptionError);
});
