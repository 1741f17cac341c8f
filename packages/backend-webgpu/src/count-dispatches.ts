/** A global in browsers; in Node the engine's start puts it there. */
interface PassClass {
  readonly prototype: { dispatchWorkgroups(...groups: number[]): undefined };
}

/**
 * Counts the compute shaders that a function has the GPU run, whoever records them.
 *
 * Each costs a GPU some microseconds however little it computes, which is what fusing kernels saves. The engine must be running. Counts of
 * overlapping calls include each other.
 *
 * @param fn - the work; if it returns a promise, what is recorded until that settles counts.
 * @returns what `fn` returned, and the count.
 * @example
 * ```ts no-run: needs a GPU
 * import { countDispatches, webgpu } from '@sofd/backend-webgpu';
 * import { layerNorm, ones, useBackend, zeros } from '@sofd/tensor';
 *
 * await useBackend(webgpu());
 * const x = ones([8, 192]);
 * const { dispatches } = await countDispatches(() => layerNorm(x, { gain: ones([192]), bias: zeros([192]) }));
 * dispatches; // 1
 * ```
 */
export async function countDispatches<T>(
  fn: () => T,
): Promise<{ readonly result: Awaited<T>; readonly dispatches: number }> {
  const { prototype } = (globalThis as unknown as { readonly GPUComputePassEncoder: PassClass }).GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  let dispatches = 0;
  prototype.dispatchWorkgroups = function count(...groups) {
    dispatches += 1;
    return dispatchWorkgroups.apply(this, groups);
  };
  try {
    return { result: await fn(), dispatches };
  } finally {
    prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
}
