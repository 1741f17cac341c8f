// The kernels of the native engine on one thread. Plain JavaScript, because the threads of the pool load this file, in tests
// from the sources.
import { createActivationKernels } from './blas-activation.js';
import { createAttentionKernels } from './blas-attention.js';
import { bindExponential } from './blas-exponential.js';
import { bindProducts } from './blas-products.js';

/** Loads the library on a thread of the pool. */
export async function createKernels(recipe, { memory, exports }) {
  const { default: koffi } = await import('koffi');
  const library = koffi.load(recipe.path);
  return bindKernels(recipe, {
    ...{ memory, exports },
    addressOf: (bytes) => Number(koffi.address(bytes)),
    find: (declaration) => library.func(declaration),
  });
}

/** All kernels: products, and those that take the place of the wasm kernels of the same names. */
export function bindKernels(recipe, binding) {
  const { exports } = binding;
  const products = bindProducts(recipe, binding);
  const exponentiate = recipe.exponential && bindExponential(recipe.exponential, binding);
  return {
    ...products,
    ...createAttentionKernels({ multiplyStack: products.multiply, exponentiate }, exports),
    ...(exponentiate ? createActivationKernels(exponentiate, exports) : {}),
  };
}
