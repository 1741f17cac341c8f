import { useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { getKernel, type KernelFunc } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { overrideKernels } from './kernel-overrides.js';

const installed = (name: string) => getKernel(name, 'cpu').kernelFunc;
const noop: KernelFunc = () => [];
const other: KernelFunc = () => [];

describe('overrideKernels', () => {
  beforeAll(async () => {
    await useBackend(reference());
  });

  test('puts kernels in place until it ends', () => {
    const stock = installed('Add');
    const end = overrideKernels('cpu', 'one', () => ({ Add: noop }));
    expect(installed('Add')).toBe(noop);
    end();
    end();
    expect(installed('Add')).toBe(stock);
  });

  test('shows each owner the stock kernels, whatever is installed', () => {
    const stock = installed('Add');
    const endOne = overrideKernels('cpu', 'one', () => ({ Add: noop }));
    let seen: KernelFunc | undefined;
    const endTwo = overrideKernels('cpu', 'two', (stockKernel) => {
      seen = stockKernel('Add');
      return {};
    });
    expect(seen).toBe(stock);
    expect(installed('Add')).toBe(stock);
    endTwo();
    expect(installed('Add')).toBe(noop);
    endOne();
  });

  test('lets owners end in any order', () => {
    const stock = installed('Sub');
    const endOne = overrideKernels('cpu', 'one', () => ({ Sub: noop }));
    const endTwo = overrideKernels('cpu', 'two', () => ({ Sub: other }));
    endOne();
    expect(installed('Sub')).toBe(other);
    endTwo();
    expect(installed('Sub')).toBe(stock);
  });

  test('moves an owner that asks again to the top', () => {
    const endOne = overrideKernels('cpu', 'one', () => ({ Add: noop }));
    const endTwo = overrideKernels('cpu', 'two', () => ({ Add: other }));
    const endAgain = overrideKernels('cpu', 'one', () => ({ Add: noop }));
    expect(installed('Add')).toBe(noop);
    endOne();
    expect(installed('Add')).toBe(noop);
    endAgain();
    expect(installed('Add')).toBe(other);
    endTwo();
  });
});
