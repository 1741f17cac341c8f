import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

const metadata = JSON.stringify({
  'aaa.mp4': { label: 'REAL', split: 'train' },
  'bbb.mp4': { label: 'FAKE', split: 'train', original: 'aaa.mp4' },
  'ccc.mp4': { label: 'FAKE', split: 'train', original: 'zzz.mp4' },
  'gone.mp4': { label: 'FAKE', split: 'train', original: 'aaa.mp4' },
});

test('DFDC has its fakes by their originals, missing and unlisted videos named', async () => {
  const tree = createMemoryTree([
    ['dfdc_train_part_0/metadata.json', metadata],
    ...['aaa.mp4', 'bbb.MP4', 'ccc.mp4', 'unlisted.mp4'].map((name) => `dfdc_train_part_0/${name}`),
    'dfdc_train_part_1/ddd.mp4',
  ]);
  const { title, items, problems } = await inspectSource(tree);
  expect(title).toBe('DeepFake Detection Challenge, 1 part');
  expect(items).toMatchObject([
    { label: 'real', groups: ['aaa'], split: 'train' },
    { manipulation: 'identity-swap', groups: ['aaa'], real: 'dfdc_train_part_0/aaa.mp4' },
    { groups: ['zzz'], real: null },
  ]);
  expect(problems.map(({ path, problem }) => [path, problem.split(':')[0]])).toEqual([
    ['dfdc_train_part_0', '1 of 4 videos of the metadata missing'],
    ['dfdc_train_part_0/unlisted.mp4', '1 item left out'],
    ['dfdc_train_part_1/ddd.mp4', '1 item left out'],
    ['dfdc_train_part_0', '1 of 2 fakes of DFDC without the real one it was made from'],
  ]);
});

test('DFDC as frames of DeepfakeBench with the labels of the test set', async () => {
  const tree = createMemoryTree([
    ['train/dfdc_train_part_0/metadata.json', metadata],
    'train/dfdc_train_part_0/frames/aaa/000.png',
    'train/dfdc_train_part_0/frames/bbb/000.png',
    ['test/labels.csv', 'filename,label\nttt.mp4,1\nuuu.mp4,0\n'],
    'test/frames/ttt/000.png',
    'test/frames/uuu/000.png',
  ]);
  const { items } = await inspectSource(tree);
  expect(items.map(({ id, label, split }) => [id, label, split])).toEqual([
    ['test/frames/ttt', 'fake', 'test'],
    ['test/frames/uuu', 'real', 'test'],
    ['train/dfdc_train_part_0/frames/aaa', 'real', 'train'],
    ['train/dfdc_train_part_0/frames/bbb', 'fake', 'train'],
  ]);
});

test('DFDC metadata that say something else are named', async () => {
  const tree = createMemoryTree([['a/metadata.json', '{"x.mp4": {"label": "MAYBE"}}'], 'a/x.mp4']);
  await expect(inspectSource(tree, { source: 'dfdc' })).rejects.toThrow(/a\/metadata\.json: not used: .*REAL.*x\.mp4/s);
});
