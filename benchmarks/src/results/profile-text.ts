import type { Profile } from '../contenders/protocol.js';
import { formatNumber } from './table.js';

/** Kernels of matrix products: their names on all of our engines. */
const isProduct = (name: string) => /MatMul|\.linear\./.test(name);
const shownKernels = 16;

/** What a profile says, in lines: products, other kernels, the time between kernels, and the dearest kernels. */
export function describeProfile({ milliseconds, kernels }: Profile): readonly string[] {
  const total = (some: Profile['kernels']) => some.reduce((sum, kernel) => sum + kernel.milliseconds, 0);
  const products = total(kernels.filter(({ name }) => isProduct(name)));
  const inKernels = total(kernels);
  const calls = kernels.reduce((sum, kernel) => sum + kernel.calls, 0);
  return [
    `${formatNumber(milliseconds)} ms: matrix products ${formatNumber(products)}, other kernels ${formatNumber(inKernels - products)}, between kernels ${formatNumber(milliseconds - inKernels)} (${calls.toFixed(0)} calls)`,
    ...kernels
      .slice(0, shownKernels)
      .map(
        ({ name, calls, milliseconds }) =>
          `${formatNumber(milliseconds).padStart(8)} ms ${calls.toFixed(0).padStart(6)} x ${name}`,
      ),
  ];
}
