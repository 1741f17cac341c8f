import type { Tensor } from '@tensorflow/tfjs-core';
import { patchify } from '../../layers/patchify.js';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import { at, build, type Plain } from '../plain/plain.js';
import { concatPlain, reshapePlain, slicePlain, transposePlain } from '../plain/rearrange.js';

const rearrange = (
  name: string,
  shape: readonly number[],
  [onEngine, onPlain]: readonly [(x: Tensor) => Tensor, (x: Plain) => Plain],
): Comparison => ({ name: `shape: ${name}`, inputs: [{ shape }], onEngine, onPlain });

const permutations: readonly (readonly number[])[] = [
  [1, 0],
  [0, 2, 1],
  [2, 0, 1],
  [2, 1, 0],
  [0, 2, 1, 3],
  [2, 0, 1, 3],
  [1, 2, 0, 3],
  [3, 1, 2, 0],
];

const transposeCase = (perm: readonly number[], shape: readonly number[]): Comparison => ({
  ...rearrange(`transpose [${shape.join(', ')}] to the axes [${perm.join(', ')}]`, shape, [
    (x) => ops.transpose(x, [...perm]),
    (x) => transposePlain(x, perm),
  ]),
  plainGradients: (_, dy) => [
    transposePlain(
      dy,
      perm.map((_axis, i) => perm.indexOf(i)),
    ),
  ],
});

const transposeCases = [
  ...permutations.map((perm) => transposeCase(perm, [3, 4, 2, 5].slice(0, perm.length))),
  // As the heads of attention are laid out and put back, with extents that no tile divides.
  transposeCase([2, 0, 1, 3], [2, 51, 9, 17]),
  transposeCase([1, 2, 0, 3], [3, 2, 77, 19]),
  transposeCase([1, 0], [131, 257]),
];

const tilePlain = (x: Plain, times: readonly number[]): Plain =>
  build(
    x.shape.map((extent, axis) => extent * (times[axis] ?? 1)),
    (...indices) => at(x, ...indices.map((index, axis) => index % (x.shape[axis] ?? 1))),
  );

const padPlain = (x: Plain, paddings: readonly (readonly [number, number])[]): Plain =>
  build(
    x.shape.map((extent, axis) => extent + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0)),
    (...indices) => {
      const source = indices.map((index, axis) => index - (paddings[axis]?.[0] ?? 0));
      return source.every((index, axis) => index >= 0 && index < (x.shape[axis] ?? 0)) ? at(x, ...source) : 0;
    },
  );

/** Patch by patch, row by row of the patch, pixel by pixel, channel by channel. */
const patchifyPlain = (x: Plain, patch: number): Plain => {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const columns = width / patch;
  return build([batch, (height / patch) * columns, patch * patch * channels], (image = 0, cell = 0, position = 0) => {
    const pixel = Math.floor(position / channels);
    const row = Math.floor(cell / columns) * patch + Math.floor(pixel / patch);
    const column = (cell % columns) * patch + (pixel % patch);
    return at(x, image, row, column, position % channels);
  });
};

const paddings: [number, number][] = [
  [0, 0],
  [1, 2],
  [2, 0],
  [0, 0],
];

const oneArrayCases: readonly Comparison[] = [
  rearrange('reshape', [2, 3, 4], [(x) => ops.reshape(x, [6, 4]), (x) => reshapePlain(x, [6, 4])]),
  rearrange(
    'expandDims and squeeze',
    [2, 1, 3],
    [(x) => ops.expandDims(ops.squeeze(x, [1]), 0), (x) => reshapePlain(x, [1, 2, 3])],
  ),
  rearrange(
    'slice',
    [3, 4, 5],
    [(x) => ops.slice(x, [1, 0, 2], [2, 3, 2]), (x) => slicePlain(x, [1, 0, 2], [2, 3, 2])],
  ),
  rearrange('slice of a row', [5, 3], [(x) => ops.slice(x, [4, 0], [1, 3]), (x) => slicePlain(x, [4, 0], [1, 3])]),
  rearrange('tile', [2, 1, 3], [(x) => ops.tile(x, [1, 4, 2]), (x) => tilePlain(x, [1, 4, 2])]),
  rearrange('broadcastTo', [2, 1, 3], [(x) => ops.broadcastTo(x, [2, 4, 3]), (x) => tilePlain(x, [1, 4, 1])]),
  rearrange('pad', [2, 3, 3, 2], [(x) => ops.pad(x, paddings), (x) => padPlain(x, paddings)]),
  rearrange('patchify', [2, 4, 6, 3], [(x) => patchify(x, 2), (x) => patchifyPlain(x, 2)]),
  rearrange(
    'split, in reverse order',
    [6, 2, 3],
    [
      (x) => ops.concat(ops.split(x, 3, 0).toReversed(), 0),
      (x) =>
        concatPlain(
          [4, 2, 0].map((start) => slicePlain(x, [start, 0, 0], [2, 2, 3])),
          0,
        ),
    ],
  ),
  rearrange(
    'unstack, in reverse order',
    [3, 4],
    [
      (x) => ops.stack(ops.unstack(x).toReversed()),
      (x) =>
        concatPlain(
          [2, 1, 0].map((row) => slicePlain(x, [row, 0], [1, 4])),
          0,
        ),
    ],
  ),
];

const joinCases = [0, 1, 2].map(
  (axis): Comparison => ({
    name: `shape: concat along axis ${axis}`,
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 3, 4].with(axis, 2) }],
    onEngine: (...xs) => ops.concat(xs, axis),
    onPlain: (...xs) => concatPlain(xs, axis),
  }),
);

/** Rearrangements. */
export const shapeCases: readonly Comparison[] = [
  ...transposeCases,
  ...oneArrayCases,
  ...joinCases,
  {
    name: 'shape: concat of three, one of them of extent 1',
    inputs: [{ shape: [2, 1, 3] }, { shape: [2, 4, 3] }, { shape: [2, 2, 3] }],
    onEngine: (...xs) => ops.concat(xs, 1),
    onPlain: (...xs) => concatPlain(xs, 1),
  },
  {
    name: 'shape: stack',
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
    onEngine: (...xs) => ops.stack(xs, 1),
    onPlain: (...xs) =>
      concatPlain(
        xs.map((x) => reshapePlain(x, [2, 1, 3])),
        1,
      ),
  },
];
