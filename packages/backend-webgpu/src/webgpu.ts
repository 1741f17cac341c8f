import { BackendUnavailableError } from '@sofd/core';
import { type Backend, overrideKernels, startTfjsEngine, stopTfjsEngine } from '@sofd/tensor';
import { env } from '@tensorflow/tfjs-core';
import { platform } from '#backend-webgpu/platform';
import { type EngineParts, partsOf } from './engine-parts.js';
import { createKernels } from './kernels/kernels.js';
import type { AdapterInfo } from './platform/platform.js';
import type { WebgpuBackend } from './tfjs-backend.js';

/** Options of {@link webgpu}. */
export interface WebgpuOptions {
  /** Which of several GPUs to take. */
  readonly powerPreference?: 'low-power' | 'high-performance';
  /**
   * How weights are stored that `freezeParameters` marked. As `'float16'` they take half the memory and are rounded to 11 bits; sums are
   * float32 all the same.
   */
  readonly weights?: 'float32' | 'float16';
}

const name = 'webgpu';

/** Of the device that is open; tfjs leaves it open when it is done. */
let running: EngineParts | undefined;

/**
 * The WebGPU engine: the GPU in browsers, and in Node with the npm package `webgpu` installed.
 *
 * Where there is no GPU, Node takes the software driver of an installed Chromium: slow, yet exact, so good for tests.
 * Read results with `readTensor`; a GPU cannot be read synchronously.
 *
 * @example
 * ```ts
 * import { webgpu } from '@sofd/backend-webgpu';
 *
 * const availability = await webgpu().probe();
 * availability.available ? availability.detail : `${availability.reason}: ${availability.remedy}`;
 * ```
 */
export function webgpu({ powerPreference = 'high-performance', weights = 'float32' }: WebgpuOptions = {}): Backend {
  let restoreKernels: (() => void) | undefined;
  return {
    name,
    async probe() {
      try {
        const found = await platform.openGpu();
        if ('reason' in found) return { available: false, reason: found.reason, remedy: found.remedy };
        return { available: true, detail: describe(found.adapter.info) };
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        return { available: false, reason, remedy: 'Use wasm().' };
      }
    },
    async init() {
      const found = await platform.openGpu();
      if ('reason' in found) {
        throw new BackendUnavailableError(`engine webgpu: expected a GPU, got none: ${found.reason}; ${found.remedy}`);
      }
      platform.expose(found.gpu);
      // On demand, because the import looks for a GPU and registers the backend.
      await import('@tensorflow/tfjs-backend-webgpu');
      env().set('WEBGPU_USE_LOW_POWER_GPU', powerPreference === 'low-power');
      if (running?.watch.isLost()) stop();
      const parts = partsOf((await startTfjsEngine(name)) as unknown as WebgpuBackend);
      running = parts;
      const { backend, run, watch } = parts;
      const halfWeights = weights === 'float16' ? parts.halfWeights : undefined;
      restoreKernels = overrideKernels(name, name, (stock) => createKernels({ backend, run, halfWeights }, stock));
      const device = describe(found.adapter.info);
      return { name, device, threads: 1, floatBits: 32, tfjsBackend: name, lost: watch.lost };
    },
    async dispose() {
      restoreKernels?.();
      restoreKernels = undefined;
      if (stop()) platform.conceal();
    },
  };
}

/** Closes the device, unless tensors still live on it. Those on a lost device live no more. */
function stop(): boolean {
  if (!running || !stopTfjsEngine(name, { isLost: running.watch.isLost() })) return false;
  running.watch.end();
  running.backend.device.destroy();
  running = undefined;
  return true;
}

function describe({ vendor, architecture, device: model, description, isFallbackAdapter }: AdapterInfo): string {
  const title = description || [vendor, model || architecture].filter(Boolean).join(' ') || 'GPU';
  const isSoftware = isFallbackAdapter === true || architecture === 'swiftshader';
  return isSoftware ? `${title} (software, slow)` : title;
}
