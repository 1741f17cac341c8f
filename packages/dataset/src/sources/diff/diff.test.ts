import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test.each([
  ['as downloaded', ['DiFF_real/val/a.jpg', 'val/FS/DiffFace/b.png', 'val/FE/c.png', 'val/T2I/d.png'], 'DiffFace'],
  [
    'as subsets',
    [
      'val_subsets/FS/val/real/a.jpg',
      'val_subsets/FS/val/fake/b.png',
      'val_subsets/FE/val/fake/c.png',
      'val_subsets/T2I/val/fake/d.png',
    ],
    'FS',
  ],
])('DiFF %s keeps real photographs and swaps', async (_, files, method) => {
  const { source, items, problems } = await inspectSource(createMemoryTree(files));
  expect(source).toBe('diff');
  expect(items.map((item) => [item.method, item.manipulation, item.split]).sort()).toEqual(
    [
      [method, 'identity-swap', 'validation'],
      [null, 'real', 'validation'],
    ].sort(),
  );
  expect(problems.map(({ problem }) => /FE|T2I/.exec(problem)?.[0])).toEqual(['FE', 'T2I']);
});

test('DiFF without its photographs says so', async () => {
  const { problems } = await inspectSource(createMemoryTree(['test/FS/b.png', 'test/I2I/c.png']));
  expect(problems[0]).toEqual({ path: 'DiFF_real', problem: 'no images of DiFF_real' });
});
