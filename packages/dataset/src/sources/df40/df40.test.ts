import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('DF40 keeps swaps and reenactments, paired with real videos beside them', async () => {
  const tree = createMemoryTree([
    'DF40/simswap/ff/frames/001_870/000.png',
    'DF40/simswap/cdf/frames/id0_id1_0000/000.png',
    'DF40/fomm/ff/frames/001_870/000.png',
    'DF40/StyleGAN2/ff/001/seed0188.png',
    'DF40/heygen/fake/frames/a/1.png',
    'DF40/heygen/real/a/1.png',
    'DF40/stargan/fake/fake/1.png',
    'DF40/stargan/real/real/1.png',
    'FaceForensics++/original_sequences/youtube/c23/frames/001/000.png',
    'Celeb-DF-v2/Celeb-real/frames/id0_0000/000.png',
  ]);
  const { title, items, problems } = await inspectSource(tree, { source: 'df40' });
  expect(title).toBe('DF40, 3 methods');
  expect(items.map(({ id, kind, manipulation, real }) => [id, kind, manipulation, real])).toEqual([
    ['Celeb-DF-v2/Celeb-real/frames/id0_0000', 'frames', 'real', null],
    [
      'DF40/fomm/ff/frames/001_870',
      'frames',
      'reenactment',
      'FaceForensics++/original_sequences/youtube/c23/frames/001',
    ],
    ['DF40/heygen/fake/frames/a', 'frames', 'reenactment', null],
    ['DF40/heygen/real/a', 'frames', 'real', null],
    ['DF40/simswap/cdf/frames/id0_id1_0000', 'frames', 'identity-swap', 'Celeb-DF-v2/Celeb-real/frames/id0_0000'],
    [
      'DF40/simswap/ff/frames/001_870',
      'frames',
      'identity-swap',
      'FaceForensics++/original_sequences/youtube/c23/frames/001',
    ],
    ['DF40/stargan/real/real/1.png', 'image', 'real', null],
    ['FaceForensics++/original_sequences/youtube/c23/frames/001', 'frames', 'real', null],
  ]);
  expect(items[4]!.groups).toEqual(['cdf id0', 'cdf id1']);
  expect(items[5]!.groups).toEqual(['ff 001', 'ff 870']);
  expect(problems.map(({ problem }) => problem)).toEqual([
    '1 item left out: StyleGAN2 makes whole faces: nothing was altered that the label graph could name',
    '1 item left out: stargan edits attributes that the label graph has no label for',
  ]);
});

test('DF40 is recognised by its methods; the training set by its folder', async () => {
  const methods = ['simswap', 'e4s', 'wav2lip', 'MRAA'];
  const tree = createMemoryTree(methods.map((method) => `DF40_train/${method}/frames/001_870/000.png`));
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('df40');
  expect(items.map(({ split }) => split)).toEqual(['train', 'train', 'train', 'train']);
  expect(problems[0]!.problem).toMatch(/^no real videos/);
});
