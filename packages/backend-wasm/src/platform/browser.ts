import type { Platform } from './platform.js';

/** Browsers: the binaries are fetched. Each URL is spelt out, because bundlers look for exactly this form. */
export const platform: Platform = {
  shippedBinaries: {
    'tfjs-backend-wasm.wasm': new URL('../../assets/tfjs-backend-wasm.wasm', import.meta.url).href,
    'tfjs-backend-wasm-simd.wasm': new URL('../../assets/tfjs-backend-wasm-simd.wasm', import.meta.url).href,
    'tfjs-backend-wasm-simd-shared.wasm': new URL('../../assets/tfjs-backend-wasm-simd-shared.wasm', import.meta.url)
      .href,
    'kernels-relaxed.wasm': new URL('../../assets/kernels-relaxed.wasm', import.meta.url).href,
    'kernels-relaxed-shared.wasm': new URL('../../assets/kernels-relaxed-shared.wasm', import.meta.url).href,
    'kernels-plain.wasm': new URL('../../assets/kernels-plain.wasm', import.meta.url).href,
    'kernels-plain-shared.wasm': new URL('../../assets/kernels-plain-shared.wasm', import.meta.url).href,
  },
  hasThreads: globalThis.crossOriginIsolated === true && typeof Worker !== 'undefined',
  // Half, because two logical cores are mostly one; more than 4 are often slow ones, and the page needs some too.
  defaultThreads: () => Math.max(1, Math.min(4, Math.floor((navigator.hardwareConcurrency ?? 1) / 2))),
  findMissing: async () => undefined,
  toFolder: (assets) => (assets.endsWith('/') ? assets : `${assets}/`),
  async compile(location) {
    const response = await fetch(location, { credentials: 'same-origin' });
    if (!response.ok) throw new Error(`HTTP status ${response.status} for ${location}`);
    // Streaming insists on the type, which simple servers do not send.
    const isTyped = response.headers.get('Content-Type')?.startsWith('application/wasm');
    return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  },
  startWorker(task, { onMessage, onEnd }) {
    const worker = new Worker(new URL('../threads/worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => onMessage(data);
    // A script that does not load gives an event without a message.
    worker.onerror = ({ message }) => onEnd(message ?? 'its script cannot be loaded');
    worker.onmessageerror = () => onEnd('it could not read its task');
    worker.postMessage(task);
    return () => worker.terminate();
  },
};
