import { describe, expect, test } from 'vitest';
import type { Reordering } from './blas.js';
import type { Foreign } from './foreign.js';
import { createFrozenOperands } from './frozen-operands.js';

/** Counts what is written and what is in use. */
function createFakes(dependsOnRows: boolean) {
  const state = { written: 0, inUse: 0 };
  const reordering: Reordering = {
    dependsOnRows,
    measure: ({ inner, columns }) => inner * columns,
    write: () => {
      state.written += 1;
    },
  };
  const foreign: Foreign = {
    load: () => {
      throw new Error('nothing to load');
    },
    addressOf: () => 0,
    allocate(byteLength) {
      state.inUse += byteLength;
      return {
        address: 64,
        free: () => {
          state.inUse -= byteLength;
        },
      };
    },
  };
  const memory = { buffer: new ArrayBuffer(0) };
  return { state, operands: createFrozenOperands(reordering, { foreign, memory, threads: 2 }) };
}

const operandFor = (rows: number) => ({ rows, inner: 10, columns: 100, b: 0, strideB: 100, transposeB: false });

describe('createFrozenOperands', () => {
  test('copies at once where the rows do not matter, a part for each thread', () => {
    const { state, operands } = createFakes(false);
    const data = {};
    const parts = operands.find(data, operandFor(50));
    expect(parts?.map(({ start, length }) => [start, length])).toEqual([
      [0, 48],
      [48, 52],
    ]);
    expect(operands.find(data, operandFor(400))).toBe(parts);
    expect(state).toEqual({ written: 2, inUse: 1000 });
  });

  test('copies for the second product of as many rows where they matter', () => {
    const { state, operands } = createFakes(true);
    const data = {};
    expect(operands.find(data, operandFor(50))).toBeUndefined();
    const parts = operands.find(data, operandFor(50));
    expect(parts).toHaveLength(2);
    expect(operands.find(data, operandFor(400))).toBeUndefined();
    expect(operands.find(data, operandFor(50))).toBe(parts);
    expect(operands.find(data, operandFor(400))).toBeUndefined();
    expect(operands.find(data, operandFor(400))).not.toBe(parts);
    expect(operands.find(data, operandFor(50))).toBeUndefined();
    expect(state).toEqual({ written: 4, inUse: 1000 });
  });

  test('frees copies with their data, and all at the end', () => {
    const { state, operands } = createFakes(false);
    const [one, other] = [{}, {}];
    operands.find(one, operandFor(50));
    operands.find(other, operandFor(50));
    operands.forget(one);
    operands.forget(one);
    expect(state.inUse).toBe(1000);
    operands.dispose();
    expect(state.inUse).toBe(0);
    expect(operands.find(one, operandFor(50))).toHaveLength(2);
  });
});
