/** Where threads load the products of the native engine. This file is as far from it as the bundle is from its copy there. */
export const blasKernelsLocation = new URL('./native/blas-kernels.js', import.meta.url).href;
