import { DeviceLostError, OutOfMemoryError } from '@sofd/core';
import type { RawBinding, TensorflowBinding } from './tensorflow-binding.js';

/** TensorFlow's status of an allocation that failed. */
const resourceExhausted = /^Invalid TF_Status: 8\b/;

/** What CUDA says when the card is gone or its state is broken. */
const deviceLost = /CUDA_ERROR_(DEVICE_LOST|ECC_UNCORRECTABLE|ILLEGAL_ADDRESS|LAUNCH_FAILED)|GPU sync failed/;

/** Turns an error of the binding into a typed one where there is one. */
function typeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const reason = error.message
    .split('\n')
    .slice(1)
    .join(' ')
    .replace(/^Message: /, '');
  if (resourceExhausted.test(error.message))
    return new OutOfMemoryError(
      `engine tensorflow: expected memory for a tensor, got "${reason}"; use smaller batches, or another engine.`,
      { cause: error },
    );
  if (deviceLost.test(error.message))
    return new DeviceLostError(
      `engine tensorflow: expected the card to answer, got "${reason}"; start a new process.`,
      { cause: error },
    );
  return error;
}

/** The binding with typed errors, and with operations that no signal interrupts. Its own properties cannot be written. */
export function adaptBinding(raw: RawBinding): TensorflowBinding {
  const members = Object.getOwnPropertyNames(raw).map((name) => [name, raw[name as keyof RawBinding]]);
  return {
    ...(Object.fromEntries(members) as unknown as TensorflowBinding),
    createTensor(shape, dtype, values) {
      try {
        return raw.createTensor(shape, dtype, values);
      } catch (error) {
        throw typeError(error);
      }
    },
    executeOp(name, attributes, inputs, outputs) {
      try {
        return raw.executeOpHeld(name, attributes, inputs, outputs);
      } catch (error) {
        throw typeError(error);
      }
    },
    tensorDataSync(id) {
      try {
        return raw.tensorDataSync(id);
      } catch (error) {
        throw typeError(error);
      }
    },
  };
}
