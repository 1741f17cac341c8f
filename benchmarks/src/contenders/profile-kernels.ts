import {
  getKernelsForBackend,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { KernelCost, Profile } from './protocol.js';
import { timeRuns } from './time-runs.js';

/**
 * Measures the kernels of a run, each without those that it calls itself.
 *
 * For engines whose kernels return when they are done. The clocks cost about a quarter of a microsecond a kernel.
 *
 * @param tfjsBackend - the backend that the engine runs on.
 * @param run - one run.
 * @param iterations - over how many runs to average.
 */
export async function profileKernels(
  tfjsBackend: string,
  run: () => Promise<unknown>,
  iterations: number,
): Promise<Profile> {
  const clock = createKernelClock();
  const stock = getKernelsForBackend(tfjsBackend);
  replaceKernels(stock, (config) => ({ ...config, kernelFunc: clock.watch(config) }));
  try {
    await run();
    clock.reset();
    const times = await timeRuns(run, iterations);
    return { milliseconds: times.reduce((sum, time) => sum + time, 0) / iterations, kernels: clock.read(iterations) };
  } finally {
    replaceKernels(stock, (config) => config);
  }
}

/** Without their set-up functions, which have been called. */
function replaceKernels(stock: readonly KernelConfig[], replace: (config: KernelConfig) => KernelConfig): void {
  for (const config of stock) {
    unregisterKernel(config.kernelName, config.backendName);
    const { setupFunc: _, ...rest } = replace(config);
    registerKernel(rest);
  }
}

function createKernelClock() {
  const costs = new Map<string, { calls: number; milliseconds: number }>();
  /** Time of the kernels that the running one has called, innermost last. */
  const inner: number[] = [];
  return {
    watch({ kernelName, kernelFunc }: KernelConfig): KernelFunc {
      return (call) => {
        inner.push(0);
        const start = performance.now();
        try {
          return kernelFunc(call);
        } finally {
          const whole = performance.now() - start;
          const own = whole - inner.pop()!;
          if (inner.length > 0) inner[inner.length - 1]! += whole;
          const cost = costs.get(kernelName) ?? { calls: 0, milliseconds: 0 };
          costs.set(kernelName, { calls: cost.calls + 1, milliseconds: cost.milliseconds + own });
        }
      };
    },
    reset: () => costs.clear(),
    read: (iterations: number): KernelCost[] =>
      [...costs]
        .map(([name, { calls, milliseconds }]) => ({
          name,
          calls: calls / iterations,
          milliseconds: milliseconds / iterations,
        }))
        .sort((a, b) => b.milliseconds - a.milliseconds),
  };
}
