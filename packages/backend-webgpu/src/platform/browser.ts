import type { Gpu, Platform } from './platform.js';

/** Browsers have the entry themselves, where they have it at all. */
export const platform: Platform = {
  async openGpu() {
    const { gpu } = globalThis.navigator as Navigator & { readonly gpu?: Gpu };
    if (!gpu) {
      return {
        reason: 'this browser has no navigator.gpu',
        remedy: 'Use a current browser, and https or localhost; or use wasm().',
      };
    }
    const adapter = await gpu.requestAdapter();
    if (!adapter) {
      return {
        reason: 'the browser offers no GPU',
        remedy: 'Start Chromium with --enable-unsafe-webgpu, or use wasm().',
      };
    }
    return { gpu, adapter };
  },
  expose() {},
  conceal() {},
};
