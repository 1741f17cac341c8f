import type { Handle, TensorflowBinding } from '../tensorflow-binding.js';

/** Small tensors that are made once. */
export interface Constants {
  scalar(value: number): Handle;
  integer(value: number): Handle;
  integers(values: readonly number[]): Handle;
  /** Frees them when there are too many: rates of a schedule never come again. Only between computations. */
  trim(): void;
  /** Frees all. */
  free(): void;
}

const most = 4096;

/** Keeps constants by their values. Integers stay in the memory of the host, where TensorFlow reads shapes and axes. */
export function createConstants(binding: TensorflowBinding): Constants {
  const handles = new Map<string, Handle>();
  const once = (key: string, create: () => Handle): Handle => {
    const handle = handles.get(key) ?? create();
    handles.set(key, handle);
    return handle;
  };
  const integers = (key: string, shape: readonly number[], values: readonly number[]) =>
    once(key, () => ({
      id: binding.createTensor(shape, binding.TF_INT32, Int32Array.from(values)),
      shape: [...shape],
    }));
  const free = () => {
    for (const { id } of handles.values()) binding.deleteTensor(id);
    handles.clear();
  };
  return {
    scalar: (value) =>
      once(`float ${value}`, () => ({
        id: binding.createTensor([], binding.TF_FLOAT, Float32Array.of(value)),
        shape: [],
      })),
    integer: (value) => integers(`integer ${value}`, [], [value]),
    integers: (values) => integers(`integers ${values.join()}`, [values.length], values),
    trim() {
      if (handles.size > most) free();
    },
    free,
  };
}
