import type { BlasRecipe } from './blas.js';
import type { ForeignFunction } from './foreign.js';

/** Kernels by name: all arguments are numbers. */
export type BlasProducts = Readonly<Record<'multiply' | 'multiplyReordered', (...args: readonly number[]) => void>>;

/** What products work with. */
export interface ProductBinding {
  readonly memory: { readonly buffer: ArrayBufferLike };
  /** Of the wasm module on that memory; only products with a bias need them. */
  readonly exports?: WebAssembly.Exports;
  readonly addressOf: (bytes: Uint8Array) => number;
  readonly find: (declaration: string) => ForeignFunction | undefined;
}

export function bindProducts(recipe: BlasRecipe, binding: ProductBinding): BlasProducts;

/** The extents of a panel of a matrix that is reordered for the kernels of OpenBLAS. */
export const openBlasPanel: { readonly columns: number; readonly depth: number };
