import { UnsupportedOpError } from '@sofd/core';
import { getKernel, type KernelConfig, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** Kernels by name, to take the place of the stock ones. */
export type KernelOverrides = Readonly<Record<string, KernelFunc>>;

interface Layer {
  readonly owner: string;
  readonly kernels: KernelOverrides;
}

/** By tfjs backend and kernel; undefined for a kernel that its package does not have. */
const stock = new Map<string, Map<string, KernelConfig | undefined>>();
const layers = new Map<string, readonly Layer[]>();

/**
 * Replaces kernels of a tfjs backend, and adds new ones, until the returned function is called.
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
  const layer: Layer = { owner, kernels: create((name) => stockKernel(tfjsBackend, name)) };
  const others = (layers.get(tfjsBackend) ?? []).filter((other) => other.owner !== owner);
  layers.set(tfjsBackend, [...others, layer]);
  install(tfjsBackend);
  return () => {
    const left = (layers.get(tfjsBackend) ?? []).filter((other) => other !== layer);
    layers.set(tfjsBackend, left);
    install(tfjsBackend);
  };
}

/** Installs the kernels that an owner has in place of those of the owners that asked after it. */
export function raiseOverrides(tfjsBackend: string, owner: string): void {
  const all = layers.get(tfjsBackend) ?? [];
  const own = all.find((layer) => layer.owner === owner);
  if (!own || all.at(-1) === own) return;
  layers.set(tfjsBackend, [...all.filter((layer) => layer !== own), own]);
  install(tfjsBackend);
}

/** The kernel as its package registered it, with its set-up function: a restarted backend needs that again. */
function stockConfig(tfjsBackend: string, name: string): KernelConfig | undefined {
  const known = stock.get(tfjsBackend) ?? new Map<string, KernelConfig | undefined>();
  stock.set(tfjsBackend, known);
  if (!known.has(name)) known.set(name, getKernel(name, tfjsBackend));
  return known.get(name);
}

function stockKernel(tfjsBackend: string, name: string): KernelFunc {
  const config = stockConfig(tfjsBackend, name);
  if (config) return config.kernelFunc;
  throw new UnsupportedOpError(
    `overrideKernels: expected a kernel ${name} of ${tfjsBackend}, got none; look up only kernels that its package has.`,
  );
}

/** Puts the stock kernels back, with those of the topmost layer over them. */
function install(tfjsBackend: string): void {
  const kernels = layers.get(tfjsBackend)?.at(-1)?.kernels ?? {};
  for (const name of Object.keys(kernels)) stockConfig(tfjsBackend, name);
  for (const [name, config] of stock.get(tfjsBackend) ?? []) {
    if (getKernel(name, tfjsBackend)) unregisterKernel(name, tfjsBackend);
    const kernelFunc = kernels[name];
    if (kernelFunc) registerKernel({ ...config, kernelName: name, backendName: tfjsBackend, kernelFunc });
    else if (config) registerKernel(config);
  }
}
