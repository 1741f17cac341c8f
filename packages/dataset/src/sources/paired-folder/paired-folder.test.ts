import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('a CSV of pairs gives splits and identities, whatever its columns are called', async () => {
  const tree = createMemoryTree([
    [
      'pairs.csv',
      'split,real,fake,identity_cluster,yaw\ntest,aaa,bbb,28,0.1\nval,aaa,ccc,28,0.2\ntrain,gone,ddd,3,0\n',
    ],
    ...['real/aaa.jpg', 'fake/bbb.jpg', 'fake/ccc.JPG', 'fake/ddd.jpg', 'other/x.jpg'],
  ]);
  const { source, title, items, problems } = await inspectSource(tree);
  expect([source, title]).toEqual(['paired-folder', '2 pairs of real and fake (pairs.csv)']);
  expect(items.map(({ id, split, identity, groups, real }) => [id, split, identity, groups[0], real])).toEqual([
    ['fake/bbb.jpg', 'test', '28', 'identity 28', 'real/aaa.jpg'],
    ['fake/ccc.JPG', 'validation', '28', 'identity 28', 'real/aaa.jpg'],
    ['real/aaa.jpg', 'validation', '28', 'identity 28', null],
  ]);
  // One of a pair whose other side is gone, and one that no pair names.
  expect(problems[2]).toEqual({ path: '', problem: '2 items left out: pairs.csv does not list it' });
  expect(problems.slice(0, 2)).toEqual([
    { path: 'real', problem: '1 of 3 real images of pairs.csv missing: gone' },
    {
      path: 'fake',
      problem: '2 fakes taken for identity swaps: nothing says how they were made; a column "manipulation" can',
    },
  ]);
});

test('folders real and fake pair by name, one folder deeper too; what has no partner is named', async () => {
  const tree = createMemoryTree(
    ['real/1.png', 'Fake/1.jpg', 'real/2.png', 'fake/3.png', 'fake/2.png'].map((path) => `mine/train/${path}`),
  );
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('paired-folder');
  expect(items.map(({ id, real, split }) => [id, real, split])).toEqual([
    ['mine/train/Fake/1.jpg', 'mine/train/real/1.png', 'train'],
    ['mine/train/fake/2.png', 'mine/train/real/2.png', 'train'],
    ['mine/train/real/1.png', null, 'train'],
    ['mine/train/real/2.png', null, 'train'],
  ]);
  expect(problems.map(({ path }) => path)).toEqual(['mine/train', 'mine/train/fake/3.png']);
});

test('a column for the manipulation is believed', async () => {
  const csv = 'real,fake,manipulation,method\nreal/1.png,fake/2.png,reenactment,LIA\n';
  const { items, problems } = await inspectSource(createMemoryTree([['a/p.csv', csv], 'a/real/1.png', 'a/fake/2.png']));
  expect(items[0]).toMatchObject({ manipulation: 'reenactment', method: 'LIA' });
  expect(problems).toEqual([]);
});
