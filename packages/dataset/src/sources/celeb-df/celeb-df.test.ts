import { describe, expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

const list = '1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n1 Celeb-real/id0_0000.mp4\n';
const videos = [
  'Celeb-real/id0_0000.mp4',
  'Celeb-real/id1_0005.mp4',
  'Celeb-synthesis/id0_id1_0000.mp4',
  'Celeb-synthesis/id1_id0_0005.mp4',
  'YouTube-real/00170.mp4',
];

describe('Celeb-DF', () => {
  test('has the listed videos for testing, the others for training, and both people of a swap in its groups', async () => {
    const files = videos.map((path) => `Celeb-DF-v2/${path}`);
    const tree = createMemoryTree([...files, ['Celeb-DF-v2/List_of_testing_videos.txt', list]]);
    const { title, items, problems } = await inspectSource(tree);
    expect(title).toBe('Celeb-DF v2');
    expect(problems).toEqual([]);
    expect(items.map(({ split }) => split)).toEqual(['test', 'train', 'test', 'train', 'test']);
    expect(items[2]).toMatchObject({
      id: 'Celeb-DF-v2/Celeb-synthesis/id0_id1_0000.mp4',
      manipulation: 'identity-swap',
      identity: 'id0',
      groups: ['id0', 'id1'],
      real: 'Celeb-DF-v2/Celeb-real/id0_0000.mp4',
    });
    expect(items[4]).toMatchObject({ identity: null, groups: ['youtube 00170'] });
  });

  test('takes the frames of DeepfakeBench', async () => {
    const frames = videos.map((path) => `${path.replace('/', '/frames/').replace('.mp4', '')}/000.png`);
    const { items, problems } = await inspectSource(
      createMemoryTree([...frames, ['List_of_testing_videos.txt', list]]),
    );
    expect(problems).toEqual([]);
    expect(items[2]).toMatchObject({ kind: 'frames', split: 'test', real: 'Celeb-real/frames/id0_0000' });
  });

  test('is version 3 with methods; a talking face is of one person', async () => {
    const tree = createMemoryTree([
      'Celeb-real/id0_0000.mp4',
      'YouTube-real/00001.mp4',
      'Celeb-synthesis/FaceSwap/SimSwap/id0_id1_0000.mp4',
      'Celeb-synthesis/FaceReenact/LivePortrait/id0_id1_0000.mp4',
      'Celeb-synthesis/TalkingFace/IP_LAP/id0_0000_test_00042.mp4',
      ['List_of_testing_videos.txt', '0 Celeb-synthesis/FaceSwap/SimSwap/id0_id1_0000.mp4\n'],
    ]);
    const { title, items } = await inspectSource(tree);
    expect(title).toBe('Celeb-DF++ (v3)');
    const fakes = items.filter(({ label }) => label === 'fake');
    expect(
      fakes.map(({ method, manipulation, groups, split }) => [method, manipulation, groups.length, split]),
    ).toEqual([
      ['LivePortrait', 'reenactment', 2, 'train'],
      ['SimSwap', 'identity-swap', 2, 'test'],
      ['IP_LAP', 'reenactment', 1, 'train'],
    ]);
    expect(new Set(fakes.map(({ real }) => real))).toEqual(new Set(['Celeb-real/id0_0000.mp4']));
  });

  test('says what is missing: parts, listed videos, the list, real videos of fakes', async () => {
    const some = await inspectSource(
      createMemoryTree(['Celeb-synthesis/id0_id1_0000.mp4', ['List_of_testing_videos.txt', list]]),
    );
    expect(some.problems).toEqual([
      { path: 'youtube-real', problem: '1 of 1 videos of the test split missing: 00170' },
      { path: 'celeb-real', problem: '1 of 1 videos of the test split missing: id0_0000' },
      { path: 'celeb-real', problem: 'no videos of celeb-real' },
      { path: 'youtube-real', problem: 'no videos of youtube-real' },
      {
        path: 'Celeb-synthesis',
        problem: '1 of 1 fake of Celeb-DF without the real one it was made from: no pairs of them',
      },
    ]);
    const unlisted = await inspectSource(createMemoryTree(videos));
    expect(unlisted.problems).toEqual([
      { path: '', problem: 'List_of_testing_videos.txt missing: the items have no split' },
    ]);
    expect(unlisted.items.every(({ split }) => split === null)).toBe(true);
  });
});
