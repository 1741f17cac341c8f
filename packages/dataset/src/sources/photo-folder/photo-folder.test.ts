import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('photographs are real, each its own group, and may be shown', async () => {
  const { source, items, showable, problems } = await inspectSource(
    createMemoryTree(['a/x.JPG', 'a/y.webp', 'clip.mov', 'notes.txt', 'train/z.png']),
  );
  expect(source).toBe('photo-folder');
  expect(items.map(({ id, kind, label, groups, split }) => [id, kind, label, groups[0], split])).toEqual([
    ['a/x.JPG', 'image', 'real', 'a/x.JPG', null],
    ['a/y.webp', 'image', 'real', 'a/y.webp', null],
    ['clip.mov', 'video', 'real', 'clip.mov', null],
    ['train/z.png', 'image', 'real', 'train/z.png', null],
  ]);
  expect([showable, problems]).toEqual([true, []]);
});

test('fakes that nobody explains are left out, not guessed', async () => {
  const { source, items, problems } = await inspectSource(
    createMemoryTree(['test/real/a.jpg', 'test/fake/b.jpg', 'test/fake/c.jpg']),
  );
  expect(source).toBe('photo-folder');
  expect(items.map(({ id, split }) => [id, split])).toEqual([['test/real/a.jpg', 'test']]);
  expect(problems).toMatchObject([{ path: 'test/fake' }]);
  expect(problems[0]!.problem).toMatch(/^2 items left out: .*CSV/);
});
