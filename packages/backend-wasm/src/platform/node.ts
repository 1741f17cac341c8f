import { readFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { chooseThreads } from './choose-threads.js';
import type { Platform, WasmBinaries } from './platform.js';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Node: the binaries are files. */
export const platform: Platform = {
  shippedBinaries: {
    'tfjs-backend-wasm.wasm': pathOf('../../assets/tfjs-backend-wasm.wasm'),
    'tfjs-backend-wasm-simd.wasm': pathOf('../../assets/tfjs-backend-wasm-simd.wasm'),
    'tfjs-backend-wasm-simd-shared.wasm': pathOf('../../assets/tfjs-backend-wasm-simd-shared.wasm'),
    'kernels-relaxed.wasm': pathOf('../../assets/kernels-relaxed.wasm'),
    'kernels-relaxed-shared.wasm': pathOf('../../assets/kernels-relaxed-shared.wasm'),
    'kernels-plain.wasm': pathOf('../../assets/kernels-plain.wasm'),
    'kernels-plain-shared.wasm': pathOf('../../assets/kernels-plain-shared.wasm'),
  },
  hasThreads: true,
  defaultThreads: () =>
    chooseThreads({
      requested: process.env.SOFD_THREADS,
      logicalCores: availableParallelism(),
      architecture: process.arch,
      cpuInfo: process.platform === 'linux' ? readCpuInfo() : undefined,
    }),
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
  compile: async (location) => WebAssembly.compile(await readFile(location)),
  startWorker(task, { onMessage, onEnd }) {
    // Without the flags of this process, which may ask every thread to load something first.
    const worker = new Worker(new URL('../threads/worker.js', import.meta.url), { workerData: task, execArgv: [] });
    worker.on('message', onMessage);
    worker.on('error', (error) => onEnd(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => onEnd('it ended'));
    worker.unref();
    return () => void worker.terminate();
  },
};

/** Linux's list of cores; containers may hide it. */
function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
