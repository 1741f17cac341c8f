/** One thing that every engine must do right. */
export interface ConformanceCase {
  /** What must hold, with its group in front: `matMul: transposed right operand`. */
  readonly name: string;
  /**
   * Runs on the active engine.
   *
   * @throws SofdError with the code `CONFORMANCE` saying what differed.
   */
  run(): Promise<void>;
}
