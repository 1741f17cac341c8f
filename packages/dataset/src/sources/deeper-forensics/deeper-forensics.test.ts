import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('DeeperForensics has swaps by variant, actors, splits, and no pairs', async () => {
  const tree = createMemoryTree([
    'DeeperForensics-1.0/manipulated_videos/end_to_end/000_M101.mp4',
    'DeeperForensics-1.0/manipulated_videos/end_to_end_level_1/000_M101.mp4',
    'DeeperForensics-1.0/source_videos/M101/light_up/neutral/camera_front/M101_light_up_neutral_camera_front.mp4',
    ['DeeperForensics-1.0/lists/splits/train.txt', '000_M101.mp4\n003_W005.mp4\n'],
    ['DeeperForensics-1.0/lists/splits/test.txt', '010_M004.mp4\n'],
  ]);
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('deeper-forensics');
  expect(items).toMatchObject([
    { method: 'end_to_end', manipulation: 'identity-swap', groups: ['000', 'M101'], split: 'train', real: null },
    { method: 'end_to_end_level_1' },
    { label: 'real', identity: 'M101', groups: ['M101'], split: null },
  ]);
  expect(problems.map(({ problem }) => problem)).toEqual([
    '1 of 2 videos of end_to_end in the train split missing: 003_W005',
    '1 of 1 videos of end_to_end in the test split missing: 010_M004',
    '1 of 2 videos of end_to_end_level_1 in the train split missing: 003_W005',
    '1 of 1 videos of end_to_end_level_1 in the test split missing: 010_M004',
    'the videos that the fakes were made from are those of FaceForensics++ c23: no pairs from this folder',
  ]);
});

test('DeeperForensics without lists and actors, as frames', async () => {
  const { items, problems } = await inspectSource(
    createMemoryTree([
      'manipulated_videos/end_to_end/frames/000_M101/0.png',
      'manipulated_videos/end_to_end/frames/x/0.png',
    ]),
  );
  expect(items).toMatchObject([{ kind: 'frames', split: null, groups: ['000', 'M101'] }]);
  expect(problems.map(({ path }) => path)).toEqual([
    'lists/splits',
    'manipulated_videos',
    'source_videos',
    'manipulated_videos/end_to_end/frames/x',
  ]);
});
