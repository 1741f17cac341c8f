/**
 * A product of row-major float32 matrices on the heap, $C = op(A)\,op(B) + \beta C$, or a stack of them.
 *
 * Addresses are bytes from the start of the heap; leading dimensions and strides are in floats, so that a matrix may be a
 * part of a larger one, such as one head's columns of all heads'.
 */
export interface GemmCall {
  /** Extents after transposition: A is [rows, inner], B is [inner, columns], C is [rows, columns]. */
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly a: number;
  /** Floats from one stored row of A to the next. */
  readonly strideA: number;
  readonly transposeA: boolean;
  readonly b: number;
  readonly strideB: number;
  readonly transposeB: boolean;
  readonly c: number;
  readonly strideC: number;
  /** Multiplies the product. 1 when left out. */
  readonly alpha?: number;
  /** 0 overwrites C, 1 adds to it. 0 when left out. */
  readonly beta?: 0 | 1;
  /** The address of [columns] numbers that are added to every row; only with beta 0. */
  readonly bias?: number | undefined;
  /** Products of a stack, 1 when left out, and the floats from one of their matrices to the next; 0 shares a matrix. */
  readonly batch?: number;
  readonly batchStrideA?: number;
  readonly batchStrideB?: number;
  readonly batchStrideC?: number;
  /** The data of B where it is frozen, so that a reordered copy may be kept for it. */
  readonly frozenB?: object | undefined;
}

/** What computes products on the heap: our own kernel, or a native library. */
export interface Gemm {
  multiply(call: GemmCall): void;
  /** Frees what is kept for frozen data. */
  forget(frozen: object): void;
}
