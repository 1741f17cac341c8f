import { engine, getKernel, type NamedAttrMap, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { type FusedKernelPart, type FusedKernels, fusedKernelName } from './fused-kernels.js';

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
  // The getter starts the engine where none has run yet.
  const backendName = engine().backendName ?? (engine().backend && engine().backendName);
  const kernelName = fusedKernelName(name, part);
  if (isComposing || !getKernel(kernelName, backendName)) return undefined;
  const outputs: Tensor | Tensor[] = engine().runKernel(kernelName, inputs, attrs as NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/**
 * Runs a function in which layers are composed of plain operations, whatever fused kernels the engine has.
 *
 * For tests and benchmarks that compare the two forms. Gradients of what ran fused stay fused.
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
