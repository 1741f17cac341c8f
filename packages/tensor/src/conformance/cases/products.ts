import type { Tensor } from '@tensorflow/tfjs-core';
import * as ops from '../../ops.js';
import type { Comparison } from '../comparison.js';
import { type Plain, sizeOf } from '../plain/plain.js';
import { matMulGradients, matMulPlain } from '../plain/products.js';
import { swapLast } from '../plain/rearrange.js';

interface Product {
  /** Of the operands before they are transposed. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly heavy?: boolean;
}

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const bothWays = [false, true];
const allTransposes: readonly Transposes[] = bothWays.flatMap((transposeA) =>
  bothWays.map((transposeB) => ({ transposeA, transposeB })),
);

const swapExtents = (shape: readonly number[]) => [...shape.slice(0, -2), ...shape.slice(-2).reverse()];

function matMulCase({ left, right, heavy = false }: Product, { transposeA, transposeB }: Transposes): Comparison {
  const [rows = 0, inner = 0] = left.slice(-2);
  const columns = right.at(-1) ?? 0;
  const turned = (isTurned: boolean, x: Plain) => (isTurned ? swapLast(x) : x);
  const operands = (a: Plain, b: Plain): [Plain, Plain] => [turned(transposeA, a), turned(transposeB, b)];
  const describe = (shape: readonly number[], isTurned: boolean) =>
    `[${shape.join(', ')}]${isTurned ? ' from its transpose' : ''}`;
  return {
    name: `matMul: ${describe(left, transposeA)} with ${describe(right, transposeB)}`,
    inputs: [{ shape: transposeA ? swapExtents(left) : left }, { shape: transposeB ? swapExtents(right) : right }],
    onEngine: (a: Tensor, b: Tensor) => ops.matMul(a, b, transposeA, transposeB),
    onPlain: (a: Plain, b: Plain) => matMulPlain(...operands(a, b)),
    plainGradients: ([a, b], dy) => {
      const [da, db] = matMulGradients(operands(a as Plain, b as Plain), dy) as [Plain, Plain];
      return operands(da, db);
    },
    terms: inner,
    // A shared operand's gradient sums over the stack too.
    gradientTerms: Math.max(rows, columns) * Math.max(sizeOf(left.slice(0, -2)), sizeOf(right.slice(0, -2))),
    heavy,
    // Its gradients are products with transposes, which have cases of their own.
    differentiable: !(heavy && (transposeA || transposeB)),
  };
}

/** All ways of transposing; extents that no tile size divides, 1 among them. */
const transposed: readonly Product[] = [
  { left: [5, 7], right: [7, 3] },
  { left: [3, 5, 7], right: [3, 7, 3] },
  { left: [2, 3, 5, 7], right: [2, 3, 7, 3] },
  { left: [1, 9], right: [9, 1] },
  { left: [6, 1], right: [1, 5] },
  { left: [1, 1, 1], right: [1, 1, 1] },
  { left: [33, 40], right: [40, 21] },
  // The scores of attention, and what they weigh.
  { left: [6, 50, 19], right: [6, 19, 50] },
  { left: [6, 50, 50], right: [6, 50, 19] },
];

/** Beyond the blocks that kernels work in, one extent at a time and all at once. */
const large: readonly Product[] = [
  { left: [11, 517], right: [517, 9] },
  { left: [211, 13], right: [13, 10] },
  { left: [7, 11], right: [11, 2053] },
  { left: [203, 261], right: [261, 530], heavy: true },
];

const shared: readonly Product[] = [
  { left: [3, 5, 7], right: [1, 7, 4] },
  { left: [1, 5, 7], right: [3, 7, 4] },
  { left: [2, 3, 5, 7], right: [1, 1, 7, 4] },
  { left: [2, 3, 5, 7], right: [7, 4] },
  { left: [5, 7], right: [3, 7, 4] },
];

/** Products of matrices. */
export const productCases: readonly Comparison[] = [
  ...[...transposed, ...large].flatMap((product) => allTransposes.map((turns) => matMulCase(product, turns))),
  ...shared.map((product) => matMulCase(product, { transposeA: false, transposeB: false })),
];
