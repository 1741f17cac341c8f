import { BackendUnavailableError } from '@sofd/core';
import { type Backend, startTfjsEngine, stopTfjsEngine } from '@sofd/tensor';
import { env } from '@tensorflow/tfjs-core';
import { platform } from '#backend-webgpu/platform';
import type { AdapterInfo } from './platform/platform.js';

/** Options of {@link webgpu}. */
export interface WebgpuOptions {
  /** Which of several GPUs to take. */
  readonly powerPreference?: 'low-power' | 'high-performance';
}

const name = 'webgpu';

interface Device {
  destroy(): void;
}

/** The device of the running engine; tfjs leaves it open when it is done. */
let device: Device | undefined;

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
export function webgpu({ powerPreference = 'high-performance' }: WebgpuOptions = {}): Backend {
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
      device = ((await startTfjsEngine(name)) as unknown as { device: Device }).device;
      return { name, device: describe(found.adapter.info), threads: 1, floatBits: 32, tfjsBackend: name };
    },
    async dispose() {
      if (!stopTfjsEngine(name)) return;
      device?.destroy();
      device = undefined;
      platform.conceal();
    },
  };
}

function describe({ vendor, architecture, device: model, description, isFallbackAdapter }: AdapterInfo): string {
  const title = description || [vendor, model || architecture].filter(Boolean).join(' ') || 'GPU';
  const isSoftware = isFallbackAdapter === true || architecture === 'swiftshader';
  return isSoftware ? `${title} (software, slow)` : title;
}
