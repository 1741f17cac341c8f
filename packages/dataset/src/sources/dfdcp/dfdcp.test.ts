import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

const dataset = JSON.stringify({
  'original_videos/1114635/1114635_A_000.mp4': { label: 'real', set: 'test', augmentations: [] },
  'method_A/1114635/1114635_A/643772_1114635_A_000.mp4': {
    ...{ label: 'fake', set: 'test', target_id: '1114635', swapped_id: '643772', augmentations: ['fps:15'] },
  },
  'method_B/1114635/1114635_A/1_1114635_A_000.mp4': { label: 'fake', set: 'train' },
});
const real = 'original_videos/1114635/1114635_A_000.mp4';
const fake = 'method_A/1114635/1114635_A/643772_1114635_A_000.mp4';

test('DFDC preview has pairs, actors and sets', async () => {
  const { items, problems } = await inspectSource(createMemoryTree([real, fake, ['dataset.json', dataset]]));
  expect(items).toMatchObject([
    { id: fake, method: 'method_A', manipulation: 'identity-swap', identity: '1114635', split: 'test', real },
    { id: real, identity: '1114635', groups: ['1114635'], split: 'test' },
  ]);
  expect(items[0]!.groups).toEqual(['1114635', '643772']);
  expect(problems).toEqual([
    { path: 'method_B', problem: '1 of 1 videos of the train split missing: 1_1114635_A_000' },
  ]);
});

test('DFDC preview as frames without dataset.json', async () => {
  const tree = createMemoryTree([
    'DFDCP/original_videos/frames/1114635_A_000/0.png',
    'DFDCP/method_B/frames/643772_1114635_A_000/0.png',
    'DFDCP/method_B/frames/odd/0.png',
  ]);
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('dfdcp');
  expect(items.map(({ split, groups }) => [split, groups.length])).toEqual([
    [null, 2],
    [null, 1],
  ]);
  expect(items[0]!.real).toBe(items[1]!.id);
  expect(problems.map(({ path }) => path)).toEqual(['dataset.json', 'DFDCP/method_B/frames/odd']);
});
