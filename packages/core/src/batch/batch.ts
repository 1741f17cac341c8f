/** Images and their targets, as a model trains on them. */
export interface Batch {
  /** [size, imageSize, imageSize, 3], RGB, normalised by the model's mean and standard deviation. */
  readonly images: Float32Array;
  /** [size, labels], 0 or 1, in the order of the label graph. */
  readonly targets: Float32Array;
  /** How many images there are. */
  readonly size: number;
  /** Width and height of each image in pixels. */
  readonly imageSize: number;
  /** Which images they are: `size` ids of data set rows. */
  readonly ids: readonly string[];
}

/** Where training gets its batches from. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  /**
   * One batch. A pure function of the source's seed and these numbers, so that training can resume anywhere.
   *
   * @param epoch - from 0
   * @param index - in [0, batchesPerEpoch)
   */
  batch(epoch: number, index: number): Promise<Batch>;
}
