import { getKernel, type KernelConfig, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** Kernels by name, to take the place of the stock ones. */
export type KernelOverrides = Readonly<Record<string, KernelFunc>>;

interface Layer {
  readonly owner: string;
  readonly kernels: KernelOverrides;
}

const stock = new Map<string, Map<string, KernelConfig>>();
const layers = new Map<string, readonly Layer[]>();

/**
 * Replaces kernels of a tfjs backend until the returned function is called.
 *
 * For authors of engines. Several engines may share a tfjs backend: the one that asked last has its kernels installed, and
 * those of the one before return when it ends. Asking again under the same owner moves that owner to the top.
 *
 * @param tfjsBackend - the backend, which must be running: a stock kernel is set up when its backend starts.
 * @param owner - the engine's name.
 * @param create - makes the kernels; it is given a function that looks up the stock kernels.
 * @returns ends the replacement; calling it twice does nothing.
 */
export function overrideKernels(
  tfjsBackend: string,
  owner: string,
  create: (stockKernel: (name: string) => KernelFunc) => KernelOverrides,
): () => void {
  const layer: Layer = { owner, kernels: create((name) => stockConfig(tfjsBackend, name).kernelFunc) };
  const others = (layers.get(tfjsBackend) ?? []).filter((other) => other.owner !== owner);
  layers.set(tfjsBackend, [...others, layer]);
  install(tfjsBackend);
  return () => {
    const left = (layers.get(tfjsBackend) ?? []).filter((other) => other !== layer);
    layers.set(tfjsBackend, left);
    install(tfjsBackend);
  };
}

/** The kernel as its package registered it, with its set-up function: a restarted backend needs that again. */
function stockConfig(tfjsBackend: string, name: string): KernelConfig {
  const known = stock.get(tfjsBackend) ?? new Map<string, KernelConfig>();
  stock.set(tfjsBackend, known);
  const config = known.get(name) ?? getKernel(name, tfjsBackend);
  known.set(name, config);
  return config;
}

/** Puts the stock kernels back, with those of the topmost layer over them. */
function install(tfjsBackend: string): void {
  const kernels = layers.get(tfjsBackend)?.at(-1)?.kernels ?? {};
  for (const name of Object.keys(kernels)) stockConfig(tfjsBackend, name);
  for (const [name, config] of stock.get(tfjsBackend) ?? []) {
    unregisterKernel(name, tfjsBackend);
    const kernelFunc = kernels[name];
    registerKernel(kernelFunc ? { ...config, kernelFunc } : config);
  }
}
