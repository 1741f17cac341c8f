import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Platform, WasmBinaries } from './platform.js';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Node: the binaries are files, and tfjs starts no threads. */
export const platform: Platform = {
  shippedBinaries: {
    'tfjs-backend-wasm.wasm': pathOf('../../assets/tfjs-backend-wasm.wasm'),
    'tfjs-backend-wasm-simd.wasm': pathOf('../../assets/tfjs-backend-wasm-simd.wasm'),
    'tfjs-backend-wasm-threaded-simd.wasm': pathOf('../../assets/tfjs-backend-wasm-threaded-simd.wasm'),
  },
  hasThreads: false,
  async findMissing(binaries: WasmBinaries) {
    for (const path of Object.values(binaries)) {
      const missing = await access(path).then(
        () => false,
        () => true,
      );
      if (missing) return path;
    }
    return undefined;
  },
  toFolder(assets: string) {
    const path = assets.startsWith('file:') ? fileURLToPath(assets) : assets;
    return path.endsWith('/') ? path : `${path}/`;
  },
};
