import type { ForeignFunction } from './foreign.js';

/** What a thread needs to compute with a library: where it is, and its functions as C declares them. */
export interface BlasRecipe {
  readonly path: string;
  /** The product of matrices, `cblas_sgemm`. */
  readonly sgemm: string;
  /** Powers of e of many numbers, `vmsExp`, where the library has them. */
  readonly exponential?: string | undefined;
  /** The product with a matrix that was reordered, where the library has one. */
  readonly reordered:
    | { readonly kind: 'mkl'; readonly compute: string }
    | {
        readonly kind: 'openblas';
        readonly scale: string;
        readonly accumulate: string;
        readonly reorderLeft: string;
        readonly reorderTransposedLeft: string;
      }
    | undefined;
}

/** The right operand of the products that it is reordered for, [inner, columns] after transposition; a part of a heap. */
export interface RightOperand {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Its absolute address. */
  readonly b: number;
  /** Floats from one stored row to the next. */
  readonly strideB: number;
  readonly transposeB: boolean;
}

/** Copies a right operand in the order in which a library's kernel reads it. */
export interface Reordering {
  /** Whether the copy serves only products with as many rows as it was made for. */
  readonly dependsOnRows: boolean;
  /** Bytes of the copy. */
  measure(operand: RightOperand): number;
  write(operand: RightOperand, target: number): void;
}

/** A library with the C interface to BLAS. It starts no threads of its own. */
export interface Blas {
  /** The library and its kernels, for people. */
  readonly description: string;
  readonly recipe: BlasRecipe;
  /** A function of the library by its declaration in C. */
  find(declaration: string): ForeignFunction | undefined;
  readonly reordering: Reordering | undefined;
}
