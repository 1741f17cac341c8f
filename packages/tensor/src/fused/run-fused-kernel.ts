import {
  engine,
  getBackend,
  getKernel,
  getKernelsForBackend,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { type FusedKernelPart, type FusedKernels, fusedKernelName, isFusedKernelName } from './fused-kernels.js';

let isComposing = false;

/**
 * Runs a fused kernel of the active engine.
 *
 * @param name - the entry of {@link FusedKernels}.
 * @param part - which of its functions.
 * @param call - the kernel's inputs, without those that are left out, and its attributes.
 * @returns its outputs, or undefined where the engine has no such kernel.
 */
export function runFusedKernel(
  name: keyof FusedKernels,
  part: FusedKernelPart,
  { inputs, attrs = {} }: { readonly inputs: NamedTensorMap; readonly attrs?: object },
): Tensor[] | undefined {
  const kernelName = fusedKernelName(name, part);
  if (isComposing || !getKernel(kernelName, getBackend())) return undefined;
  const outputs: Tensor | Tensor[] = engine().runKernel(kernelName, inputs, attrs as NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/**
 * Runs a function in which layers are composed of plain operations, whatever fused kernels the engine has.
 *
 * For tests and benchmarks that compare the two forms. Gradients of what ran fused stay fused.
 *
 * @param run - called at once; what it does after an await is not composed.
 * @returns what it returns.
 * @example
 * ```ts
 * import { biasQuickGelu, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { composeLayers } from '@sofd/tensor/conformance';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const x = tensor([[20]]);
 * const y = composeLayers(() => biasQuickGelu(x, tensor([0])));
 * await readTensor(y); // Float32Array [20]
 * ```
 */
export function composeLayers<T>(run: () => T): T {
  const before = isComposing;
  isComposing = true;
  try {
    return run();
  } finally {
    isComposing = before;
  }
}

/** Whether the active engine has any fused kernel, so that {@link composeLayers} makes a difference. */
export const hasFusedKernels = (): boolean =>
  getKernelsForBackend(getBackend()).some(({ kernelName }) => isFusedKernelName(kernelName));
