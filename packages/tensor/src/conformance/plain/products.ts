import { broadcastShape, elementwise, type Plain, positionsIn, sizeOf, sumTo } from './plain.js';
import { swapLast } from './rearrange.js';

/** The product of stacks of matrices; stacks of one are shared. */
export function matMulPlain(a: Plain, b: Plain): Plain {
  const [rows = 0, inner = 0] = a.shape.slice(-2);
  const columns = b.shape.at(-1) ?? 0;
  const [stackA, stackB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const stack = broadcastShape([stackA, stackB]);
  const [fromA, fromB] = [positionsIn(stackA, stack), positionsIn(stackB, stack)];
  const data = new Float64Array(sizeOf(stack) * rows * columns);
  for (let row = 0; row < sizeOf(stack) * rows; row += 1) {
    const entry = Math.floor(row / rows);
    const left = ((fromA[entry] as number) * rows + (row % rows)) * inner;
    const line = data.subarray(row * columns, (row + 1) * columns);
    for (let k = 0; k < inner; k += 1) {
      const factor = a.data[left + k] as number;
      const right = ((fromB[entry] as number) * inner + k) * columns;
      for (let column = 0; column < columns; column += 1) {
        line[column] = (line[column] as number) + factor * (b.data[right + column] as number);
      }
    }
  }
  return { shape: [...stack, rows, columns], data };
}

/** $dy\,b^T$ and $a^T dy$, summed over the stack where an operand is shared. */
export const matMulGradients = ([a, b]: readonly Plain[], dy: Plain): Plain[] => [
  sumTo(matMulPlain(dy, swapLast(b as Plain)), (a as Plain).shape),
  sumTo(matMulPlain(swapLast(a as Plain), dy), (b as Plain).shape),
];

/** $x W + b$ */
export const affinePlain = (x: Plain, weight: Plain, bias: Plain): Plain =>
  elementwise((value = 0, shift = 0) => value + shift)(matMulPlain(x, weight), bias);

export const affineGradients = ([x, weight, bias]: readonly Plain[], dy: Plain): Plain[] => [
  ...matMulGradients([x as Plain, weight as Plain], dy),
  sumTo(dy, (bias as Plain).shape),
];
