import { describe, expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

const splits = [
  ['train.json', '[["071","054"]]'],
  ['val.json', '[["720","672"]]'],
  ['test.json', '[["000","003"]]'],
] as const;
const methods = ['Deepfakes', 'Face2Face', 'FaceSwap', 'NeuralTextures', 'FaceShifter'];
const reals = ['071', '054', '720', '672', '000', '003'];
const fakes = ['071_054', '054_071', '720_672', '672_720', '000_003', '003_000'];

/** The layout that the download script makes. */
const official = [
  ...splits,
  ...reals.map((name) => `original_sequences/youtube/c23/videos/${name}.mp4`),
  ...methods.flatMap((method) => fakes.map((name) => `manipulated_sequences/${method}/c23/videos/${name}.mp4`)),
  'original_sequences/actors/c23/videos/01__kitchen_pan.mp4',
  'manipulated_sequences/DeepFakeDetection/c23/videos/01_02__kitchen_pan__A1B2C3D4.mp4',
  'manipulated_sequences/Deepfakes/masks/videos/000_003.mp4',
];

describe('FaceForensics++', () => {
  test('is recognised as videos with all methods, splits, pairs and masks', async () => {
    const { title, items, problems, counts, showable } = await inspectSource(createMemoryTree(official));
    expect(title).toBe('FaceForensics++ c23, videos');
    expect(problems).toEqual([]);
    expect(showable).toBe(false);
    expect(items).toHaveLength(reals.length + methods.length * fakes.length + 2);
    expect(items.find(({ id }) => id.endsWith('Deepfakes/c23/videos/000_003.mp4'))).toEqual({
      id: 'manipulated_sequences/Deepfakes/c23/videos/000_003.mp4',
      kind: 'video',
      files: ['manipulated_sequences/Deepfakes/c23/videos/000_003.mp4'],
      label: 'fake',
      manipulation: 'Deepfakes',
      method: 'Deepfakes',
      identity: null,
      groups: ['000', '003'],
      split: 'test',
      real: 'original_sequences/youtube/c23/videos/000.mp4',
      mask: ['manipulated_sequences/Deepfakes/masks/videos/000_003.mp4'],
    });
    expect(items.find(({ method }) => method === 'FaceShifter')?.manipulation).toBe('identity-swap');
    expect(items.find(({ method }) => method === 'DeepFakeDetection')).toMatchObject({
      manipulation: 'identity-swap',
      identity: '01',
      groups: ['actor 01', 'actor 02'],
      split: null,
      real: 'original_sequences/actors/c23/videos/01__kitchen_pan.mp4',
    });
    expect(counts.find(({ split, method }) => split === 'train' && method === 'FaceSwap')).toEqual({
      ...{ split: 'train', method: 'FaceSwap', label: 'fake', items: 2, files: 2 },
    });
  });

  test('is recognised as the frames of DeepfakeBench, one folder too deep, in frame order and with their masks', async () => {
    const root = 'datasets/FaceForensics++';
    const frames = (path: string, extension = 'png') =>
      ['9', '10'].map((frame) => `${root}/${path}/${frame}.${extension}`);
    const tree = createMemoryTree([
      ...splits.map(([path, text]) => [`${root}/${path}`, text] as const),
      ...frames('original_sequences/youtube/c23/frames/000'),
      ...frames('original_sequences/youtube/c23/landmarks/000', 'npy'),
      ...frames('manipulated_sequences/FaceSwap/c23/frames/000_003', 'PNG'),
      ...frames('manipulated_sequences/FaceSwap/c23/masks/000_003'),
    ]);
    const { title, items } = await inspectSource(tree);
    expect(title).toBe('FaceForensics++ c23, frames');
    const fake = `${root}/manipulated_sequences/FaceSwap/c23/frames/000_003`;
    expect(items.map(({ id }) => id)).toEqual([fake, `${root}/original_sequences/youtube/c23/frames/000`]);
    expect(items[0]).toMatchObject({ kind: 'frames', real: items[1]!.id, split: 'test' });
    expect(items[0]!.files).toEqual([`${fake}/9.PNG`, `${fake}/10.PNG`]);
    expect(items[0]!.mask).toEqual(['9', '10'].map((frame) => `${fake.replace('frames', 'masks')}/${frame}.png`));
  });

  test('names what is missing by split and method, one line each', async () => {
    const tree = createMemoryTree(
      official.filter(
        (file) => typeof file !== 'string' || !/NeuralTextures|Face2Face.*(000|720)|youtube.*071/.test(file),
      ),
    );
    const { problems } = await inspectSource(tree);
    const alone = (method: string, fakes: number) => ({
      path: `manipulated_sequences/${method}/c23/videos`,
      problem: `1 of ${fakes} fakes of ${method} without the real one it was made from: no pairs of them`,
    });
    expect(problems).toEqual([
      {
        path: 'Face2Face',
        problem: '2 of 2 videos of Face2Face c23 in the validation split missing: 720_672, 672_720',
      },
      { path: 'Face2Face', problem: '2 of 2 videos of Face2Face c23 in the test split missing: 000_003, 003_000' },
      { path: 'youtube', problem: '1 of 2 videos of youtube c23 in the train split missing: 071' },
      { path: 'NeuralTextures', problem: 'no videos of NeuralTextures' },
      ...[alone('Deepfakes', 6), alone('Face2Face', 2), alone('FaceShifter', 6), alone('FaceSwap', 6)],
    ]);
  });

  test('has no splits without split files, and says which it could not read', async () => {
    const files = official.filter((file) => typeof file === 'string');
    const { items, problems } = await inspectSource(
      createMemoryTree([...files, ['train.json', '[["071"]]'], ['val.json', '{']]),
    );
    expect(new Set(items.map(({ split }) => split))).toEqual(new Set([null]));
    expect(problems.map(({ path }) => path)).toEqual(['train.json', 'val.json', '']);
    expect(problems[2]!.problem).toMatch(/^split files .* found for: none/);
  });

  test('takes a folder for each method, and leaves out frames of a video that is there and names that say nothing', async () => {
    const tree = createMemoryTree([
      'FF++_C23/original/000.mp4',
      'FF++_C23/Deepfakes/000_003.AVI',
      'FF++_C23/Deepfakes/000_003/0001.jpg',
      'FF++_C23/FaceSwap/000_003.mp4',
      'FF++_C23/FaceSwap/copy of 3.mp4',
    ]);
    const { items, problems } = await inspectSource(tree);
    expect(items.map(({ id, real }) => [id, real])).toEqual([
      ['FF++_C23/Deepfakes/000_003.AVI', 'FF++_C23/original/000.mp4'],
      ['FF++_C23/FaceSwap/000_003.mp4', 'FF++_C23/original/000.mp4'],
      ['FF++_C23/original/000.mp4', null],
    ]);
    const left = problems.filter(({ problem }) => problem.includes('left out'));
    expect(left.map(({ path }) => path)).toEqual(['FF++_C23/Deepfakes/000_003', 'FF++_C23/FaceSwap/copy of 3.mp4']);
  });
});
