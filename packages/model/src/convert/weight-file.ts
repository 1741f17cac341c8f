import type { SafetensorsDtype } from '@sofd/tensor';

/** Some indices of a tensor's first axis; a scalar is one row. */
export interface RowRange {
  readonly begin: number;
  /** Behind the last. */
  readonly end: number;
}

/** A tensor that is still in its file. */
export interface StoredTensor {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Its values, or those of some rows, little-endian and row-major; perhaps in `room`, where there is enough of it. */
  read(rows?: RowRange, room?: Uint8Array): Promise<Uint8Array>;
}

/** The tensors of a file by the names that they have there. */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** A file of weights, its values unread. */
export interface WeightFile {
  readonly format: 'pytorch' | 'pytorch-legacy' | 'safetensors';
  readonly tensors: StoredTensors;
}

/** Product of the sizes; may be beyond what a number holds exactly, for sizes that come from a file. */
export const countElements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
