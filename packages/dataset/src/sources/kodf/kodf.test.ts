import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('KoDF has the method that a name or folder says, and both actors', async () => {
  const tree = createMemoryTree([
    'kodf_release/original_videos/123456/123456_001.mp4',
    'kodf_release/synthesized_videos/dfl/20201010/123456/123456_654321_1_0001.mp4',
    'kodf_release/synthesized_videos/fo/20201010/123456/123456_654321_4_0001.mp4',
    'kodf_release/synthesized_videos/other/x.mp4',
  ]);
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('kodf');
  expect(items).toMatchObject([
    { label: 'real', identity: '123456' },
    { method: 'dfl', manipulation: 'identity-swap', identity: '123456', groups: ['123456', '654321'], split: null },
    { method: 'fo', manipulation: 'reenactment' },
  ]);
  expect(problems.map(({ path }) => path.split('/').at(-1))).toEqual(['x.mp4', 'audio-driven', 'dffs', 'fsgan']);
});

test('KoDF without the real clips says so', async () => {
  const { problems } = await inspectSource(createMemoryTree(['synthesized_videos/fsgan/1_2_3_4.mp4']));
  expect(problems[0]).toEqual({ path: 'original_videos', problem: 'no videos of the actors' });
});
