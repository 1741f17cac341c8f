/** One thing that every engine must do right. */
export interface ConformanceCase {
  /** What must hold, with its group in front: `matMul: transposed right operand`. */
  readonly name: string;
  /** Set where it computes with large arrays, which takes a software GPU seconds; a runner that leaves it out says so. */
  readonly heavy?: boolean;
  /**
   * Runs on the active engine.
   *
   * @throws SofdError with the code `CONFORMANCE` saying what differed.
   */
  run(): Promise<void>;
}
