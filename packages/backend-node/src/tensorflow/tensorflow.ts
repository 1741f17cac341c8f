import { defaultThreads } from '@sofd/backend-wasm';
import { BackendUnavailableError } from '@sofd/core';
import { type Backend, overrideKernels, startTfjsEngine, stopTfjsEngine } from '@sofd/tensor';
import { findAddon } from './addon/addon-record.js';
import { loadTensorflow } from './addon/load-tensorflow.js';
import { createEager, type Eager } from './kernels/eager.js';
import { createTensorflowKernels } from './kernels/tensorflow-kernels.js';
import { describeGpu, findNvidiaGpus } from './nvidia.js';
import type { TensorflowBackend, TensorflowBinding } from './tensorflow-binding.js';

/** Options of {@link tensorflow}. TensorFlow starts once in a process: the first start's options hold. */
export interface TensorflowOptions {
  /** Threads of a large operation on the CPU. When left out: `SOFD_THREADS`, or one a physical core. */
  readonly threads?: number;
  /**
   * Whether NVIDIA cards may round the factors of matrix products to 10 bits. Several times faster, and outside of the bounds
   * that engines otherwise keep. False when left out.
   */
  readonly tensorFloat32?: boolean;
  /** Whether TensorFlow may write its messages to standard error. False when left out; `TF_CPP_MIN_LOG_LEVEL` has precedence. */
  readonly verbose?: boolean;
}

const name = 'tensorflow';

/** One for each running backend, which several engine objects may share. */
const eagers = new WeakMap<TensorflowBackend, Eager>();

/**
 * The engine on the TensorFlow that pip installed, for NVIDIA cards; without one it computes on the CPU.
 *
 * `npx sofd setup tensorflow` builds what joins the two.
 *
 * @example
 * ```ts
 * import { tensorflow } from '@sofd/backend-node';
 *
 * const found = await tensorflow().probe();
 * found.available || found.remedy.includes('npx sofd setup tensorflow'); // true
 * ```
 */
export function tensorflow({ threads, tensorFloat32 = false, verbose = false }: TensorflowOptions = {}): Backend {
  let backend: TensorflowBackend | undefined;
  let restoreKernels: (() => void) | undefined;
  return {
    name,
    probe,
    async init() {
      const addon = findAddon();
      if (!('record' in addon)) {
        throw new BackendUnavailableError(
          `engine ${name}: expected a built addon, got none: ${addon.reason}; ${addon.remedy}`,
        );
      }
      const options = { threads: threads ?? defaultThreads(), tensorFloat32, verbose };
      const { binding, threads: used } = await loadTensorflow(addon, options);
      backend = (await startTfjsEngine(name)) as TensorflowBackend;
      const eager = eagers.get(backend) ?? createEager(backend);
      eagers.set(backend, eager);
      restoreKernels = overrideKernels(name, name, (stock) => createTensorflowKernels(eager, binding, stock));
      return {
        name,
        device: await describeDevice(binding),
        threads: used,
        floatBits: 32,
        tfjsBackend: name,
      };
    },
    async dispose() {
      restoreKernels?.();
      restoreKernels = undefined;
      if (stopTfjsEngine(name) && backend) eagers.get(backend)?.dispose();
      backend = undefined;
    },
  };
}

async function probe(): ReturnType<Backend['probe']> {
  const addon = findAddon();
  if (!('record' in addon)) return { available: false, ...addon };
  const { version, cuda } = addon.record.tensorflow;
  if (cuda === null) return { available: true, detail: `TensorFlow ${version}, built without CUDA` };
  const gpus = await findNvidiaGpus();
  const cards = gpus.length > 0 ? gpus.map(describeGpu).join('; ') : 'no NVIDIA card';
  return { available: true, detail: `TensorFlow ${version}, built for CUDA ${cuda}; ${cards}` };
}

async function describeDevice(binding: TensorflowBinding): Promise<string> {
  const version = `TensorFlow ${binding.TF_Version}`;
  if (!binding.isUsingGpuDevice()) return `${version}, CPU`;
  const [gpu] = await findNvidiaGpus(process.env.CUDA_VISIBLE_DEVICES?.split(',')[0]);
  return `${version}, ${gpu ? describeGpu(gpu) : 'NVIDIA card'}`;
}
