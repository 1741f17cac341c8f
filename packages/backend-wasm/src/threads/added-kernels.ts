/** Kernels that a pool runs beside those of the wasm module, or in place of those with the same name. */
export interface AddedKernels {
  /** Those of the calling thread, by name. */
  readonly kernels: Readonly<Record<string, (...args: readonly number[]) => void>>;
  /**
   * Where the other threads load theirs: the URL of a file of plain JavaScript that exports
   * `createKernels(task, { memory, exports })`, where `exports` are those of the wasm module.
   */
  readonly location: string;
  /** What it is told; copied to each thread. */
  readonly task: object;
}
