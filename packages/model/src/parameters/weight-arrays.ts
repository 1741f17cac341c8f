/** Values of one parameter, off the device. */
export interface WeightArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** Values of parameters by name (`vision.classToken`), off the device. */
export type WeightArrays = Readonly<Record<string, WeightArray>>;
