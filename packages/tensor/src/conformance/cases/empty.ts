import type { Tensor } from '@tensorflow/tfjs-core';
import { attention } from '../../layers/attention.js';
import { biasQuickGelu } from '../../layers/bias-quick-gelu.js';
import { embedTokens } from '../../layers/embed-tokens.js';
import { layerNorm } from '../../layers/layer-norm.js';
import { linear } from '../../layers/linear.js';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import { sizeOf } from '../plain/plain.js';

const empty = (
  what: string,
  shapes: readonly (readonly number[])[],
  [result, onEngine]: readonly [readonly number[], (...inputs: [Tensor, Tensor, Tensor]) => Tensor],
): Comparison => ({
  name: `empty: ${what}`,
  inputs: shapes.map((shape) => ({ shape })),
  onEngine(...inputs) {
    // Leaves numbers in the memory that the result will take, to show up where a kernel writes nothing.
    if (sizeOf(result) > 0) ops.dispose([1, 2, 3, 4].map(() => ops.fill([...result], 7)));
    return onEngine(...(inputs as [Tensor, Tensor, Tensor]));
  },
  // What does not vanish is an empty sum.
  onPlain: () => ({ shape: result, data: new Float64Array(sizeOf(result)) }),
  differentiable: false,
});

/** Arrays with an extent of zero. */
export const emptyCases: readonly Comparison[] = [
  empty(
    'add',
    [
      [0, 3],
      [0, 3],
    ],
    [[0, 3], (x, y) => ops.add(x, y)],
  ),
  empty('mul with a row', [[0, 3], [3]], [[0, 3], (x, y) => ops.mul(x, y)]),
  empty('exp', [[2, 0]], [[2, 0], (x) => ops.exp(x)]),
  empty('sigmoid', [[2, 0]], [[2, 0], (x) => ops.sigmoid(x)]),
  empty('reshape', [[0, 6]], [[2, 0, 3], (x) => ops.reshape(x, [2, 0, 3])]),
  empty('transpose', [[0, 3]], [[3, 0], (x) => ops.transpose(x)]),
  empty(
    'concat',
    [
      [0, 3],
      [0, 3],
    ],
    [[0, 3], (x, y) => ops.concat([x, y], 0)],
  ),
  empty('slice', [[2, 3]], [[0, 3], (x) => ops.slice(x, [1, 0], [0, 3])]),
  empty('sum over everything', [[0, 3]], [[], (x) => ops.sum(x)]),
  empty('sum over no rows', [[0, 257]], [[257], (x) => ops.sum(x, 0)]),
  empty('sum of no lines', [[0, 3]], [[0], (x) => ops.sum(x, 1)]),
  empty('softmax', [[0, 3]], [[0, 3], (x) => ops.softmax(x)]),
  empty(
    'matMul of no rows',
    [
      [0, 5],
      [5, 3],
    ],
    [[0, 3], (x, y) => ops.matMul(x, y)],
  ),
  empty(
    'matMul over nothing',
    [
      [9, 0],
      [0, 31],
    ],
    [[9, 31], (x, y) => ops.matMul(x, y)],
  ),
  empty(
    'matMul of an empty stack',
    [
      [0, 2, 5],
      [0, 5, 3],
    ],
    [[0, 2, 3], (x, y) => ops.matMul(x, y)],
  ),
  empty('linear', [[0, 5], [5, 3], [3]], [[0, 3], (x, w, b) => linear(x, w, b)]),
  empty('linear of a batch', [[0, 4, 5], [5, 3], [3]], [[0, 4, 3], (x, w, b) => linear(x, w, b)]),
  empty('layerNorm', [[0, 5], [5], [5]], [[0, 5], (x, gain, bias) => layerNorm(x, { gain, bias })]),
  empty('biasQuickGelu', [[0, 5], [5]], [[0, 5], (x, b) => biasQuickGelu(x, b)]),
  empty('attention', [[0, 3, 12]], [[0, 3, 4], (x) => attention(x, { heads: 2 })]),
  empty('embedTokens', [[4, 3]], [[0, 3], (x) => embedTokens(new Int32Array(0), x)]),
];
