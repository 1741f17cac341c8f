import { createRequire } from 'node:module';
import util from 'node:util';
import { BackendUnavailableError } from '@sofd/core';
import { registerBackend } from '@tensorflow/tfjs-core';
import { adaptBinding } from '../adapt-binding.js';
import type { RawBinding, TensorflowBackend, TensorflowBinding } from '../tensorflow-binding.js';
import type { UsableAddon } from './addon-record.js';
import { withoutStandardError } from './without-standard-error.js';

/** How TensorFlow starts. It does so once in a process. */
export interface StartOptions {
  readonly threads: number;
  readonly tensorFloat32: boolean;
  readonly verbose: boolean;
}

/** The running TensorFlow. */
export interface RunningTensorflow {
  readonly binding: TensorflowBinding;
  /** Of a large operation on the CPU. */
  readonly threads: number;
}

let running: RunningTensorflow | undefined;

/**
 * Loads TensorFlow through a built addon, and tfjs-node's backend and kernels on it. A second call returns what runs.
 *
 * @throws BackendUnavailableError when a library does not load.
 */
export async function loadTensorflow({ record, tfjs }: UsableAddon, options: StartOptions): Promise<RunningTensorflow> {
  if (running) return running;
  setDefaults(options);
  repairUtil();
  const load = createRequire(import.meta.url);
  const isSilent = !options.verbose && process.env.TF_CPP_MIN_LOG_LEVEL === silentLevel;
  try {
    const loaded = await withoutStandardError(isSilent, () => load(record.addon) as RawBinding);
    const binding = adaptBinding(loaded);
    const { NodeJSKernelBackend } = loadTfjsNode(tfjs.folder);
    registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, `@tensorflow/${tfjs.name}`));
    running = { binding, threads: Number(process.env.TF_NUM_INTRAOP_THREADS) };
    return running;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new BackendUnavailableError(
      `engine tensorflow: expected TensorFlow ${record.tensorflow.version} to load, got "${reason}"; run \`npx sofd setup tensorflow --force\`.`,
      { cause },
    );
  }
}

/** Nothing but fatal messages. */
const silentLevel = '3';

/** TensorFlow and CUDA read these when they are loaded. What is set already stays. */
function setDefaults({ threads, tensorFloat32, verbose }: StartOptions): void {
  const defaults: Record<string, string> = {
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: String(threads),
    // Without it TensorFlow takes all memory of the card at once.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Sums on the card in a fixed order.
    TF_DETERMINISTIC_OPS: '1',
    // tfjs-node puts tensors on the last card and TensorFlow computes on the first: there must be one.
    CUDA_VISIBLE_DEVICES: '0',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    ...(tensorFloat32 ? {} : { NVIDIA_TF32_OVERRIDE: '0' }),
    ...(verbose ? {} : { TF_CPP_MIN_LOG_LEVEL: silentLevel }),
  };
  for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;
}

/** tfjs-node calls functions that Node 23 removed. */
function repairUtil(): void {
  const removed = {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  };
  for (const [name, replacement] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value: replacement, configurable: true, writable: true });
  }
}

interface TfjsNodeModule {
  readonly NodeJSKernelBackend: new (binding: TensorflowBinding, packageName: string) => TensorflowBackend;
}

/**
 * Loads the backend and the kernels of tfjs-node, without the rest of it.
 *
 * They import all of `@tensorflow/tfjs`, which would register other engines, and gradients over ours; and the package's own
 * entry looks for an addon in its own folder. Here they are given this package's tfjs-core under that name: it has all that they use.
 */
function loadTfjsNode(folder: string): TfjsNodeModule {
  const load = createRequire(`${folder}/package.json`);
  const union = load.resolve('@tensorflow/tfjs');
  const core: unknown = createRequire(import.meta.url)('@tensorflow/tfjs-core');
  const before = load.cache[union];
  load.cache[union] = {
    id: union,
    filename: union,
    loaded: true,
    exports: core,
    children: [],
  } as unknown as NodeModule;
  try {
    load('./dist/register_all_kernels.js');
    return load('./dist/nodejs_kernel_backend.js') as TfjsNodeModule;
  } finally {
    if (before) load.cache[union] = before;
    else delete load.cache[union];
  }
}
