import type { DataStorage, KernelBackend } from '@tensorflow/tfjs-core';

/** An attribute of an operation of TensorFlow. */
export interface OpAttribute {
  readonly name: string;
  /** One of the binding's `TF_ATTR_...`. */
  readonly type: number;
  readonly value: number | string | boolean | readonly number[];
}

/** An output of an operation. */
export interface OpOutput {
  readonly id: number;
  readonly shape: number[];
  /** One of the binding's types. */
  readonly dtype: number;
}

/** A tensor of TensorFlow. */
export type Handle = Pick<OpOutput, 'id' | 'shape'>;

/** What the addon exports. Ids stand for tensors of TensorFlow, which live until they are deleted. */
export interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_RESOURCE: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  /** Makes a function of TensorFlow known, by the bytes of its `FunctionDef`. */
  addFunction(definition: Uint8Array): void;
  executeOp: ExecuteOp;
}

/** Runs an operation, or a function that was made known. */
export type ExecuteOp = (
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly number[],
  outputs: number,
) => OpOutput[];

/** The exports before {@link adaptBinding}. */
export interface RawBinding extends TensorflowBinding {
  /** `executeOp`, uninterrupted by signals. */
  readonly executeOpHeld: ExecuteOp;
}

/** A tensor in tfjs-node's backend. */
export interface TensorEntry {
  readonly shape: number[];
  readonly dtype: number;
  /** Values that TensorFlow has not been given yet; null once it has. */
  values: Float32Array | Int32Array | Uint8Array | null;
  /** Negative until TensorFlow has the values. */
  id: number;
  refCount: number;
}

/** tfjs-node's backend, the part that kernels use. */
export interface TensorflowBackend extends KernelBackend {
  readonly binding: TensorflowBinding;
  readonly tensorMap: DataStorage<TensorEntry>;
}
