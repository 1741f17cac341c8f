import { DatasetError, encodeTargets, faceForensics, faceForensicsAnnotations, InvalidOptionError } from '@sofd/core';
import { describe, expect, test } from 'vitest';
import { createMemoryTree } from '../../testing/memory-tree.js';
import { inspectSource } from './inspect.js';
import { sources } from './sources.js';

describe('inspectSource', () => {
  test('counts by split, method and label: real ones first, splits in order', async () => {
    const { counts } = await inspectSource(
      createMemoryTree([
        [
          'list.csv',
          'path,label,method,split\na.png,real,,test\nb.png,fake,LIA,test\nc,fake,DiffSwap,test\nd.png,real,,train\n',
        ],
        ...['a.png', 'b.png', 'c/1.png', 'c/2.png', 'd.png'],
      ]),
    );
    expect(counts).toEqual([
      { split: 'train', label: 'real', method: null, items: 1, files: 1 },
      { split: 'test', label: 'real', method: null, items: 1, files: 1 },
      { split: 'test', label: 'fake', method: 'DiffSwap', items: 1, files: 2 },
      { split: 'test', label: 'fake', method: 'LIA', items: 1, files: 1 },
    ]);
  });

  test('names every layout it looked for and the CSV as the way out', async () => {
    const attempt = inspectSource(createMemoryTree(['notes.txt', 'data.parquet']));
    await expect(attempt).rejects.toBeInstanceOf(DatasetError);
    for (const { name } of sources) await expect(attempt).rejects.toThrow(`\n  ${name}: `);
    await expect(attempt).rejects.toThrow(/2 files of which none fits.*CSV with columns path, label, manipulation/s);
  });

  test('takes the source it is told, and knows no other', async () => {
    const tree = createMemoryTree(['Celeb-real/id0_0000/1.png']);
    expect((await inspectSource(tree)).source).toBe('celeb-df');
    expect((await inspectSource(tree, { source: 'photo-folder' })).items[0]!.kind).toBe('image');
    await expect(inspectSource(tree, { source: 'celeb' })).rejects.toBeInstanceOf(InvalidOptionError);
  });

  test('an empty folder is an error, not an empty listing', async () => {
    await expect(inspectSource(createMemoryTree([]))).rejects.toBeInstanceOf(DatasetError);
    await expect(inspectSource(createMemoryTree(['YouTube-real/notes.txt']), { source: 'celeb-df' })).rejects.toThrow(
      /got none that can be used:.*no videos of celeb-real/s,
    );
  });

  test('names of sources are unique', () => {
    expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
  });
});

test('the keys of published manipulations are legal in both label maps', () => {
  for (const key of ['identity-swap', 'reenactment'] as const) {
    const nominal = key === 'identity-swap' ? 'Deepfakes' : 'Face2Face';
    for (const map of ['training', 'graph'] as const) {
      const targets = encodeTargets(faceForensics, faceForensicsAnnotations[map][key]);
      expect(targets).toEqual(encodeTargets(faceForensics, faceForensicsAnnotations[map][nominal]));
    }
  }
});
