import { DeviceLostError, OutOfMemoryError } from '@sofd/core';
import { expect, test } from 'vitest';
import { adaptBinding } from './adapt-binding.js';
import type { RawBinding } from './tensorflow-binding.js';

/** A binding that only fails. Its members cannot be written, as those of an addon. */
const failing = (message: string) =>
  Object.freeze({
    TF_FLOAT: 1,
    executeOpHeld() {
      throw new Error(message);
    },
  }) as unknown as RawBinding;

const run = (message: string) => () => adaptBinding(failing(message)).executeOp('Add', [], [], 1);

test('an allocation that fails is out of memory', () => {
  const message = 'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[9] by allocator GPU_0_bfc';
  expect(run(message)).toThrow(OutOfMemoryError);
  expect(run(message)).toThrow(
    'got "OOM when allocating tensor with shape[9] by allocator GPU_0_bfc"; use smaller batches',
  );
});

test('a card that is gone is a lost device', () => {
  expect(run('Invalid TF_Status: 13\nMessage: CUDA_ERROR_ECC_UNCORRECTABLE: uncorrectable error')).toThrow(
    DeviceLostError,
  );
  expect(run('Invalid TF_Status: 13\nMessage: GPU sync failed')).toThrow(DeviceLostError);
});

test('other errors and members stay as they are', () => {
  expect(run('Invalid TF_Status: 3\nMessage: shapes do not match')).toThrow(/^Invalid TF_Status: 3/);
  expect(adaptBinding(failing('')).TF_FLOAT).toBe(1);
});
