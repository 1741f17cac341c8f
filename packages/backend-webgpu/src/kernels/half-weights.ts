import { isFrozen } from '@sofd/tensor';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';
import { bufferOf, moveBuffer, type WebgpuBackend } from '../tfjs-backend.js';

const threads = 64;

/** Below this, tfjs may compute with a tensor on the CPU, and there is nothing to save. */
const minSize = 1024;

/**
 * Rounds to the nearest half, ties to even, the same on every GPU; what is beyond the largest half becomes that.
 *
 * A normal half is the float's bits without 13 of its fraction, its exponent 112 lower. Below 2^-14 a half counts units of
 * 2^-24.
 */
const packProgram = {
  name: 'pack halves',
  inputs: { x: 'f32' },
  outputs: { y: 'u32' },
  uniforms: { size: 'u32', words: 'u32' },
  threads,
  code: () => `
fn half_of(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  let sign = (bits >> 16u) & 0x8000u;
  let magnitude = min(bits & 0x7fffffffu, 0x477fe000u);
  if (magnitude < 0x38800000u) { return sign | u32(round(bitcast<f32>(magnitude) * 16777216.0)); }
  return sign | (((magnitude + 0xfffu + ((magnitude >> 13u) & 1u)) >> 13u) - 0x1c000u);
}

fn run(group: u32, thread: u32) {
  let word = group * ${threads}u + thread;
  if (word >= uniforms.words) { return; }
  var second = 0u;
  if (2u * word + 1u < uniforms.size) { second = half_of(x[2u * word + 1u]); }
  y[word] = half_of(x[2u * word]) | (second << 16u);
}`,
} satisfies Program;

const widenProgram = {
  name: 'widen halves',
  inputs: { x: 'u32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32' },
  threads,
  code: () => `
fn run(group: u32, thread: u32) {
  let i = group * ${threads}u + thread;
  if (i < uniforms.size) { y[i] = unpack2x16float(x[i / 2u])[i % 2u]; }
}`,
} satisfies Program;

/** Frozen weights that are kept as halves. */
export interface HalfWeights {
  /**
   * A frozen weight as halves, two a word, row by row; undefined where it is not frozen or too small.
   *
   * The first call converts it and frees its float32 numbers. Whatever else reads the tensor afterwards gets the rounded
   * numbers back as float32.
   */
  find(weight: TensorInfo): TensorInfo | undefined;
}

/** Makes a store of halves for a backend, which it lets widen, read and dispose of what is stored as halves. */
export function createHalfWeights(backend: WebgpuBackend, run: RunProgram): HalfWeights {
  const packed = new WeakMap<object, TensorInfo>();

  const pack = (weight: TensorInfo): TensorInfo => {
    const size = util.sizeFromShape(weight.shape);
    const words = Math.ceil(size / 2);
    const { y } = run(packProgram, {
      groups: Math.ceil(words / threads),
      inputs: { x: weight },
      outputs: { y: [words] },
      uniforms: { size, words },
    });
    packed.set(weight.dataId, y);
    // Destroyed rather than kept for reuse, which would save nothing; and only once what uses it has been submitted.
    backend.endComputePassEncoder();
    backend.submitQueue();
    const data = backend.tensorMap.get(weight.dataId);
    backend.bufferManager.releaseBuffer(bufferOf(backend, weight), false);
    data.resource = null;
    data.values = null;
    return y;
  };

  const widen = (dataId: object): void => {
    const x = packed.get(dataId);
    if (!x) return;
    const { resource, values, shape } = backend.tensorMap.get(dataId);
    if (resource || values) return;
    const size = util.sizeFromShape(shape);
    const { y } = run(widenProgram, {
      groups: Math.ceil(size / threads),
      inputs: { x },
      outputs: { y: [size] },
      uniforms: { size },
    });
    moveBuffer(backend, y.dataId, dataId);
    backend.disposeData(y.dataId);
  };

  hook(backend, packed, widen);
  return {
    find(weight) {
      const known = packed.get(weight.dataId);
      const converts = isFrozen(weight) && weight.dtype === 'float32' && util.sizeFromShape(weight.shape) >= minSize;
      return known ?? (converts ? pack(weight) : undefined);
    },
  };
}

/** The three places where tfjs needs a tensor's numbers or lets go of them. */
function hook(backend: WebgpuBackend, packed: WeakMap<object, TensorInfo>, widen: (dataId: object) => void): void {
  const { uploadToGPU, read, disposeData } = backend;
  backend.uploadToGPU = (dataId) => {
    widen(dataId);
    uploadToGPU.call(backend, dataId);
  };
  backend.read = (dataId) => {
    widen(dataId);
    return read.call(backend, dataId);
  };
  backend.disposeData = (dataId, force) => {
    const isGone = disposeData.call(backend, dataId, force);
    const words = packed.get(dataId);
    if (!isGone || !words) return isGone;
    packed.delete(dataId);
    return disposeData.call(backend, words.dataId);
  };
}
