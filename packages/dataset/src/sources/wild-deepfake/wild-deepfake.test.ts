import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('WildDeepfake has sequences of frames; those of one video share a group', async () => {
  const tree = createMemoryTree([
    'deepfake_in_the_wild/fake_train/6/fake/54/2.png',
    'deepfake_in_the_wild/fake_train/6/fake/54/10.png',
    'deepfake_in_the_wild/fake_train/6/fake/55/1.png',
    'deepfake_in_the_wild/real_train/6/real/1/1.png',
    'deepfake_in_the_wild/real_test/7.tar.gz',
  ]);
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('wild-deepfake');
  expect(items.map(({ groups, split, manipulation }) => [groups[0], split, manipulation])).toEqual([
    ['fake train 6', 'train', 'identity-swap'],
    ['fake train 6', 'train', 'identity-swap'],
    ['real train 6', 'train', 'real'],
  ]);
  expect(items[0]!.files.map((file) => file.split('/').at(-1))).toEqual(['2.png', '10.png']);
  expect(problems.map(({ path }) => path)).toEqual(['fake_test', 'real_test', 'deepfake_in_the_wild/real_test']);
});

test('WildDeepfake flattened to one folder a sequence', async () => {
  const { items } = await inspectSource(createMemoryTree(['real_train_6_54/1.png', 'x/fake_test_2_9/1.png']));
  expect(items.map(({ groups, split }) => [groups[0], split])).toEqual([
    ['real train 6', 'train'],
    ['fake test 2', 'test'],
  ]);
});
