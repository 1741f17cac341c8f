import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('ForgeryNet keeps what its lists call real, swapped or reenacted', async () => {
  const tree = createMemoryTree([
    [
      'Training/image_list.txt',
      'train_release/1/v7/a.jpg 1 1 1\ntrain_release/2/v7/b.jpg 1 2 10\ntrain_release/3/v1/c.jpg 1 2 14\ntrain_release/4/v9/d.jpg 0 0 0\ntrain_release/4/v9/gone.jpg 0 0 0\nodd line\n',
    ],
    'Training/image/train_release/1/v7/a.jpg',
    'Training/image/train_release/2/v7/b.jpg',
    'Training/image/train_release/3/v1/c.jpg',
    'Training/image/train_release/4/v9/d.jpg',
    'Training/image/train_release/4/v9/unlisted.jpg',
    'Training/spatial_localize/train_release/1/v7/a.jpg',
    'Training/video/train_release/1/v.mp4',
  ]);
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('forgery-net');
  expect(items.map(({ method, manipulation, split, groups }) => [method, manipulation, split, groups[0]])).toEqual([
    ['FaceShifter', 'identity-swap', 'train', 'Training/image/train_release/1/v7'],
    ['First Order Motion', 'reenactment', 'train', 'Training/image/train_release/2/v7'],
    [null, 'real', 'train', 'Training/image/train_release/4/v9'],
  ]);
  expect(problems.map(({ problem }) => problem)).toEqual([
    '1 lines are not "<image> <two classes> <three> <sixteen>"',
    '1 of 5 images of the list missing: train_release/4/v9/gone.jpg',
    '1 item left out: SC-FEGAN edits attributes that the label graph has no label for',
    '1 item left out: no image_list.txt lists it',
    '1 item left out: maps of altered pixels',
    '1 item left out: videos of ForgeryNet are altered for a part of their length only',
  ]);
});

test('ForgeryNet without lists has nothing usable, and says why', async () => {
  const tree = createMemoryTree(['Training/image/train_release/1/a.jpg']);
  await expect(inspectSource(tree)).rejects.toThrow(/image_list\.txt missing/);
});
