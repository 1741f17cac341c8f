import type { BlasRecipe } from './blas.js';
import type { BlasProducts, ProductBinding } from './blas-products.js';

/** Kernels by name: all arguments are numbers. */
export type BlasKernels = BlasProducts &
  Readonly<Record<'attentionHeads' | 'attentionHeadsGradient', (...args: readonly number[]) => void>> &
  Readonly<Partial<Record<'biasQuickGelu' | 'biasQuickGeluGradient', (...args: readonly number[]) => void>>>;

export function bindKernels(
  recipe: BlasRecipe,
  binding: ProductBinding & { readonly exports: WebAssembly.Exports },
): BlasKernels;
