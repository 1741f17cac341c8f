import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError, defineLabelGraph, faceForensics, IllegalLabelError } from '@sofd/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSyntheticFinder, drawPhoto } from '../../testing/synthetic-finder.js';
import { warp } from '../warp/warp.js';
import { encodeImagePng } from './encode-png.js';
import { expandFolder } from './expand-folder.js';
import { openDataset } from './open-dataset.js';
import { type RelabelOptions, relabelDataset } from './relabel-dataset.js';

const people = Array.from({ length: 6 }, (_, person) => ({ person }));
let folder: string;
let [input, output]: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-relabel-'));
  [input, output] = [join(folder, 'data'), join(folder, 'relabelled')];
  await mkdir(join(folder, 'photos'));
  for (const { person } of people)
    await writeFile(join(folder, 'photos', `${person}.png`), await encodeImagePng(drawPhoto(person)));
  await expandFolder({
    ...{ input: join(folder, 'photos'), output: input, finder: createSyntheticFinder(people) },
    ...{ seed: 3, cropSize: 64, modes: [warp], perFace: 4, measure: true },
  });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const relabel = (options: Partial<RelabelOptions> = {}) =>
  relabelDataset({ input: input!, output: output!, labelGraph: faceForensics, annotation: 'graph', ...options });

test('changes labels and nothing else', async () => {
  const before = await openDataset(input!, { verify: true });
  const summary = await relabel();
  const after = await openDataset(output!, { verify: true });
  expect(summary).toMatchObject({
    rows: before.rows.length,
    flipped: 0,
    nothingToDo: false,
    digest: after.info.digest,
  });
  expect(after.info.annotation).toBe('graph');
  for (const [i, row] of after.rows.entries()) {
    const { targets, altered, ...rest } = row;
    const { targets: _, altered: old, ...same } = before.rows[i]!;
    expect(rest).toEqual(same);
    // The map `training` calls a moved mouth inconsistent as well.
    const isExpression = row.manipulation === 'expansion:expression';
    expect(altered).toEqual(isExpression ? old.filter((label) => label !== 'physical inconsistency') : old);
    for (const file of [row.file_name, row.mask ?? row.file_name])
      expect(await readFile(join(output!, file))).toEqual(await readFile(join(input!, file)));
  }
  expect(after.rows.some(({ manipulation }) => manipulation === 'expansion:expression')).toBe(true);
  expect(await readdir(folder)).toEqual(['data', 'photos', 'relabelled']);
  expect(await relabel()).toMatchObject({ nothingToDo: true, digest: summary.digest });
});

test("takes a graph and rules of one's own, for what was measured too", async () => {
  const labelGraph = defineLabelGraph({
    primary: { prompt: 'A {label} photo', label: 'edited' },
    global: { prompt: 'A photo with {label}', labels: { shape: ['parts'] } },
    local: { prompt: 'A photo with edited {label}', labels: ['parts'] },
  });
  const altered = { global: ['shape'], local: ['parts'] };
  const names = ['expansion:eyes', 'expansion:nose', 'expansion:eyebrow'];
  const table = {
    real: null,
    'expansion:expression': null,
    ...Object.fromEntries(names.map((name) => [name, altered])),
  };
  const { flipped, rows, fake } = await relabel({
    ...{ labelGraph, annotation: { name: 'shape', table }, evidence: { parts: ['eyeDifference'] } },
  });
  expect(flipped).toBe(people.length);
  expect([rows, fake]).toEqual([people.length * 5, people.length * 3]);
  const { graph, rows: made, info } = await openDataset(output!, { verify: true });
  expect(graph.labels).toEqual(['edited', 'shape', 'parts']);
  expect(info.measurement!.agreement.map(({ label }) => label)).toEqual(['parts']);
  for (const { measured } of made.filter(({ mode }) => mode === 'warp'))
    expect(['edited', 'shape', 'parts']).toEqual(expect.arrayContaining([...measured!.supported]));
});

test('refuses what it cannot label, and leaves everything as it was', async () => {
  const rules = (table: object) => ({ annotation: { name: 'mine', table } as RelabelOptions['annotation'] });
  await expect(relabel(rules({ real: null }))).rejects.toThrow(
    /expected rules for .*, got none for expansion:eyebrow, expansion:eyes, .*\(annotation mine\)/,
  );
  await expect(relabel(rules({ real: { global: ['identity'], local: [] } }))).rejects.toThrow(IllegalLabelError);
  await expect(relabel({ output: join(input!, 'inside') })).rejects.toThrow(/output folder outside of/);
  await writeFile(join(folder, 'data', 'train', 'stray.png'), 'x');
  await expect(relabel()).rejects.toThrow(DatasetError);
  expect(await readdir(folder)).toEqual(['data', 'photos']);
});
