import {
  assertNoLeak,
  attention,
  biasQuickGelu,
  countTensors,
  disposeTree,
  embedTokens,
  fidelityElements,
  fusedKernelFunctions,
  layerNorm,
  linear,
  overrideKernels,
  type ParameterTree,
  readTensor,
  sum,
  type Tensor,
  tensor,
  tidy,
  useBackend,
} from '@sofd/tensor';
import { composeLayers } from '@sofd/tensor/conformance';
import { reference } from '@sofd/tensor/reference';
import { createAdamW, valueAndGradients } from '@sofd/tensor/training';
import { getKernel, type KernelFunc } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainFusedKernels } from '../../testing/plain-fused-kernels.js';

/** The kernels that ran, of those that are counted, in order. */
let calls: string[] = [];
let end = () => {};

const counted = (name: string, kernel: KernelFunc): [string, KernelFunc] => [
  name,
  (call) => {
    calls.push(name);
    return kernel(call);
  },
];

/** The fused kernels on the reference engine, and its products, all of them counted. */
const install = () =>
  overrideKernels('cpu', 'plain fused', (stock) => {
    const products = ['BatchMatMul', '_FusedMatMul'].map((name) => [name, stock(name)] as const);
    const fused = Object.entries(fusedKernelFunctions(plainFusedKernels));
    return Object.fromEntries([...products, ...fused].map(([name, kernel]) => counted(name, kernel)));
  });

beforeEach(async () => {
  await useBackend(reference());
  calls = [];
  end = install();
});
afterEach(() => {
  end();
  expect(countTensors()).toBe(0);
});

const ramp = (...shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
    shape,
  );

/** Evaluates the sum of a layer's result and its gradients. */
async function differentiate<T extends ParameterTree>(params: T, layer: (params: T) => Tensor): Promise<number[]> {
  const { value, gradients } = valueAndGradients((given) => sum(layer(given)), params);
  const numbers = await Promise.all(Object.values({ value, ...gradients }).map((leaf) => readTensor(leaf as Tensor)));
  for (const tree of [params, gradients, { value }]) disposeTree(tree);
  return numbers.flatMap((values) => [...values]);
}

interface Layer {
  readonly name: string;
  readonly params: () => Readonly<Record<string, Tensor>>;
  readonly layer: (params: Readonly<Record<string, Tensor>>) => Tensor;
}

const layers: readonly Layer[] = [
  {
    name: 'layerNorm',
    params: () => ({ x: ramp(2, 5), gain: ramp(5), bias: ramp(5) }),
    layer: ({ x, gain, bias }) => layerNorm(x!, { gain: gain!, bias: bias! }),
  },
  {
    name: 'biasQuickGelu',
    params: () => ({ x: ramp(2, 5), bias: ramp(5) }),
    layer: ({ x, bias }) => biasQuickGelu(x!, bias!),
  },
  {
    name: 'attention',
    params: () => ({ qkv: ramp(1, 3, 12) }),
    layer: ({ qkv }) => attention(qkv!, { heads: 2, causal: true }),
  },
  {
    name: 'embedding',
    params: () => ({ table: ramp(4, 3) }),
    layer: ({ table }) => embedTokens(Int32Array.of(2, 2, 0), table!),
  },
  {
    name: 'fidelity',
    params: () => ({ marginals: tensor([0.25, 0.75]), complements: tensor([0.75, 0.25]) }),
    layer: ({ marginals, complements }) =>
      fidelityElements(marginals!, complements!, { targets: tensor([0.5, 1]), epsilon: 1e-8 }),
  },
];

describe('layers on an engine with fused kernels', () => {
  test.each(layers)('$name runs one kernel forward and one back', async ({ name, params, layer }) => {
    const fused = await differentiate(params(), layer);
    expect(calls).toEqual([`sofd.${name}.forward`, `sofd.${name}.gradient`]);
    const composed = await composeLayers(() => differentiate(params(), layer));
    expect(calls.filter((call) => call.startsWith('sofd.'))).toHaveLength(2);
    // Both round each of a few numbers of about 1.
    fused.forEach((value, i) => void expect(Math.abs(value - composed[i]!)).toBeLessThan(2 ** -24 * 64));
  });

  test('linear runs one kernel, and a product for the gradient of each operand', async () => {
    await differentiate({ x: ramp(2, 3), weight: ramp(3, 4), bias: ramp(4) }, ({ x, weight, bias }) =>
      linear(x, weight, bias),
    );
    expect(calls).toEqual(['sofd.linear.forward', 'BatchMatMul', 'BatchMatMul']);
  });

  test('linear computes no gradient that nobody asks for', async () => {
    const image = ramp(2, 3);
    await differentiate({ weight: ramp(3, 4), bias: ramp(4) }, ({ weight, bias }) => linear(image, weight, bias));
    expect(calls).toEqual(['sofd.linear.forward', 'BatchMatMul']);
    const frozen = ramp(3, 4);
    await differentiate({ x: ramp(2, 3) }, ({ x }) => linear(x, frozen));
    expect(calls.slice(2)).toEqual(['sofd.linear.forward', 'BatchMatMul']);
    for (const one of [image, frozen]) one.dispose();
  });

  test('adamW runs one kernel a parameter, and no gradient kernel', () => {
    const params = { a: ramp(3), b: ramp(2, 2) };
    const optimizer = createAdamW({ learningRate: 0.1 });
    const state = optimizer.init(params);
    const next = optimizer.update(params, params, state);
    expect(calls).toEqual(['sofd.adamW.update', 'sofd.adamW.update']);
    for (const tree of [params, state.m, state.v, next.params, next.state.m, next.state.v]) disposeTree(tree);
  });

  test('a layer outside of composeLayers stays fused in the same loss', async () => {
    await differentiate({ x: ramp(2, 5), bias: ramp(5) }, ({ x, bias }) =>
      biasQuickGelu(
        composeLayers(() => biasQuickGelu(x, bias)),
        bias,
      ),
    );
    expect(calls).toEqual(['sofd.biasQuickGelu.forward', 'sofd.biasQuickGelu.gradient']);
  });

  test('composeLayers ends where its function throws', () => {
    expect(() =>
      composeLayers(() => {
        throw new RangeError('no');
      }),
    ).toThrow('no');
    tidy(() => void biasQuickGelu(ramp(2, 5), ramp(5)));
    expect(calls).toEqual(['sofd.biasQuickGelu.forward']);
  });
});

describe('fused kernels, which no tfjs package has', () => {
  const run = () => tidy(() => void layerNorm(ramp(2, 5), { gain: ramp(5), bias: ramp(5) }));

  test('go when their engine ends, and layers are composed again', () => {
    end();
    expect(getKernel('sofd.layerNorm.forward', 'cpu')).toBeUndefined();
    run();
    expect(calls).toEqual([]);
  });

  test('are there again after the backend has been restarted', async () => {
    await assertNoLeak(async () => {
      end();
      const engine = await useBackend(reference());
      await engine.dispose();
      await useBackend(reference());
      end = install();
      run();
    });
    expect(calls).toEqual(['sofd.layerNorm.forward']);
  });
});
