import { ShapeMismatchError, UnsupportedOpError } from '@sofd/core';
import { matMul, multiHeadAttention, patchify, useBackend, zeros } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { beforeAll, describe, expect, test } from 'vitest';

beforeAll(async () => {
  await useBackend(reference());
});

describe('layers', () => {
  test('patchify refuses sides that the patch does not divide', () => {
    expect(() => patchify(zeros([1, 8, 9, 3]), 4)).toThrow(ShapeMismatchError);
  });

  test('multiHeadAttention refuses heads that do not divide the width', () => {
    const projection = { weight: zeros([4, 12]), bias: zeros([12]) };
    expect(() => multiHeadAttention(zeros([1, 2, 4]), { input: projection, output: projection }, { heads: 3 })).toThrow(
      ShapeMismatchError,
    );
  });

  test('matMul refuses stacks that match in part, which engines compute wrongly', () => {
    expect(() => matMul(zeros([2, 3, 5, 7]), zeros([2, 1, 7, 4]))).toThrow(UnsupportedOpError);
  });
});
