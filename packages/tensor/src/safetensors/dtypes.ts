/** The typed array that holds each element type. Half precision comes as its bits. */
export interface SafetensorsArrays {
  readonly F64: Float64Array;
  readonly F32: Float32Array;
  readonly F16: Uint16Array;
  readonly BF16: Uint16Array;
  readonly I64: BigInt64Array;
  readonly I32: Int32Array;
  readonly I16: Int16Array;
  readonly I8: Int8Array;
  readonly U64: BigUint64Array;
  readonly U32: Uint32Array;
  readonly U16: Uint16Array;
  readonly U8: Uint8Array;
  readonly BOOL: Uint8Array;
}

/** The element types that a safetensors file may hold here. */
export type SafetensorsDtype = keyof SafetensorsArrays;

/** The values of a tensor in a file. */
export type SafetensorsData = SafetensorsArrays[SafetensorsDtype];

/** What a file says of a tensor. */
export interface SafetensorsInfo {
  readonly dtype: SafetensorsDtype;
  /** Dimensions; none for a scalar. */
  readonly shape: readonly number[];
}

/** A tensor in a file. */
export interface SafetensorsTensor extends SafetensorsInfo {
  /** Row-major. */
  readonly data: SafetensorsData;
}

interface ArrayType<Data> {
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): Data;
}

/** The typed array that holds a dtype. */
export const arrayTypes: { readonly [Dtype in SafetensorsDtype]: ArrayType<SafetensorsArrays[Dtype]> } = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

export const isDtype = (value: unknown): value is SafetensorsDtype =>
  typeof value === 'string' && Object.hasOwn(arrayTypes, value);
