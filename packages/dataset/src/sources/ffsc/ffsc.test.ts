import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

const clip = '_-926WzaH2A_215';

test('FFSC keeps swaps and expressions, pairs them by clip and frame, and says why it leaves out the rest', async () => {
  const tree = createMemoryTree([
    `FFSC/Train/BlendFace/${clip}_0037_by_pNqmJjTr2PA_107_0069.png`,
    `FFSC/Train/Real/AVSpeech/${clip}/0037.png`,
    'FFSC/Train/Real/CDF-youtube/00000/0078.png',
    'FFSC/Train/fsgan/0H007ZkBJSs_168.766667_176.933333/0011.png',
    `FFSC/Train/simswap/${clip}_2_pNqmJjTr2PA_107/0037.png`,
    `FFSC/Train/StyleRes-expr/${clip}/0037.png`,
    `FFSC/Train/fomm-expr/${clip}_0037_surprised.png`,
    `FFSC/Train/diffae-gender/Male/${clip}_0037_Male_-0.2.png`,
    `FFSC/Train/diffae-age/${clip}/0037.png`,
    'FFSC/Test/Protocol-1/InfoSwap/_wKUEOeAnFI_60_To_00168/0165_gen.png',
    'FFSC/Test/Protocol-1/FNeVR/_wKUEOeAnFI_60_0018_pose_fr15.png',
    'FFSC/Test/Protocol-1/HFGI-smile/_wKUEOeAnFI_60/0018.png',
    'FFSC/Test/Real/AVSpeech/_wKUEOeAnFI_60/0165.png',
  ]);
  const { source, items, problems } = await inspectSource(tree);
  expect(source).toBe('ffsc');
  const real = `FFSC/Train/Real/AVSpeech/${clip}/0037.png`;
  expect(
    items.map(({ method, manipulation, groups, split, real }) => [method, manipulation, groups, split, real]),
  ).toEqual([
    ['HFGI-smile', 'reenactment', ['_wKUEOeAnFI_60'], 'test', null],
    [
      'InfoSwap',
      'identity-swap',
      ['00168', '_wKUEOeAnFI_60'],
      'test',
      'FFSC/Test/Real/AVSpeech/_wKUEOeAnFI_60/0165.png',
    ],
    [null, 'real', ['_wKUEOeAnFI_60'], 'test', null],
    ['BlendFace', 'identity-swap', [clip, 'pNqmJjTr2PA_107'], 'train', real],
    [null, 'real', [clip], 'train', null],
    [null, 'real', ['00000'], 'train', null],
    ['StyleRes-expr', 'reenactment', [clip], 'train', real],
    ['fomm-expr', 'reenactment', [clip], 'train', real],
    ['fsgan', 'identity-swap', ['0H007ZkBJSs_168.766667_176.933333'], 'train', null],
    ['simswap', 'identity-swap', [clip, 'pNqmJjTr2PA_107'], 'train', real],
  ]);
  expect(problems.map(({ problem }) => problem)).toEqual([
    'no items of the validation split',
    '1 item left out: FNeVR edits the pose, which the label graph of FaceForensics++ has no label for',
    '1 item left out: diffae-age edits the age, which the label graph of FaceForensics++ has no label for',
    '1 item left out: diffae-gender edits the gender, which the label graph of FaceForensics++ has no label for',
    '1 of 1 fake of HFGI-smile without the real one it was made from: no pairs of them',
    '1 of 1 fake of fsgan without the real one it was made from: no pairs of them',
  ]);
});
