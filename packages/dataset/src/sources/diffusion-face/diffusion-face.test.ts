import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('DiffusionFace keeps real photographs and swaps', async () => {
  const tree = createMemoryTree([
    'Real/1.jpg',
    'DiffSwap/1_2.png',
    'LDM/1.png',
    'LDM/2.png',
    'SDv15_DS0.3/1.png',
    'notes/1.png',
  ]);
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('diffusion-face');
  expect(items).toMatchObject([
    { method: 'DiffSwap', manipulation: 'identity-swap', groups: ['1', '2'] },
    { label: 'real', groups: ['1'] },
  ]);
  expect(problems.map(({ path, problem }) => [path, problem.split(':')[0]])).toEqual([
    ['LDM', '2 items left out'],
    ['SDv15_DS0.3/1.png', '1 item left out'],
    ['notes/1.png', '1 item left out'],
  ]);
});

test('DiffusionFace without real photographs says so', async () => {
  const { problems } = await inspectSource(createMemoryTree(['DiffFace/DiffSwap/1_2.png']));
  expect(problems).toEqual([{ path: 'Real', problem: 'no images of Real' }]);
});
