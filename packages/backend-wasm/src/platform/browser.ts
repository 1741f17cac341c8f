import type { Platform } from './platform.js';

/** Browsers: the binaries are fetched. Each URL is spelt out, because bundlers look for exactly this form. */
export const platform: Platform = {
  shippedBinaries: {
    'tfjs-backend-wasm.wasm': new URL('../../assets/tfjs-backend-wasm.wasm', import.meta.url).href,
    'tfjs-backend-wasm-simd.wasm': new URL('../../assets/tfjs-backend-wasm-simd.wasm', import.meta.url).href,
    'tfjs-backend-wasm-threaded-simd.wasm': new URL(
      '../../assets/tfjs-backend-wasm-threaded-simd.wasm',
      import.meta.url,
    ).href,
  },
  hasThreads: globalThis.crossOriginIsolated === true,
  findMissing: async () => undefined,
  toFolder: (assets) => (assets.endsWith('/') ? assets : `${assets}/`),
};
