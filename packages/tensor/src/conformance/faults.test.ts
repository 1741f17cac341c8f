import { type FusedKernels, fusedKernelFunctions, overrideKernels, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { reference } from '@sofd/tensor/reference';
import { engine, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAdamWKernel, plainFusedKernels, toInfo, toPlain } from '../../testing/plain-fused-kernels.js';
import { biasQuickGeluGradients, biasQuickGeluPlain } from './plain/quick-gelu.js';

const { attention, biasQuickGelu, embedding, fidelity, linear } = plainFusedKernels;

/** Numbers with eight binary digits less, as of bfloat16 products. */
const round = (info: TensorInfo): TensorInfo => {
  const { data, shape } = toPlain(info);
  const bits = new Uint32Array(Float32Array.from(data).buffer).map((value) => value & 0xffff0000);
  return toInfo({ shape, data: Float64Array.from(new Float32Array(bits.buffer)) });
};

const forget = (...infos: readonly TensorInfo[]) => {
  for (const { dataId } of infos) engine().backend.disposeData(dataId);
};

/** As `(e / (1 + e)) z` with an e that overflows. */
const overflowing = ({ x, bias }: { x: TensorInfo; bias: TensorInfo }): TensorInfo => {
  const [values, shifts] = [toPlain(x), toPlain(bias)];
  const data = values.data.map((value, i) => {
    const z = value + shifts.data[i % shifts.data.length]!;
    const e = Math.exp(1.702 * z);
    return z * (e / (1 + e));
  });
  return toInfo({ shape: values.shape, data });
};

/** In float32: E(x²) - E(x)². */
function cancellingLayerNorm({ x, gain, bias }: Record<'x' | 'gain' | 'bias', TensorInfo>): TensorInfo {
  const [{ shape, data }, g, b] = [toPlain(x), toPlain(gain).data, toPlain(bias).data];
  const width = g.length;
  const result = data.map((value, i) => {
    const line = data.subarray(i - (i % width), i - (i % width) + width);
    const mean = Math.fround(line.reduce((sum, one) => Math.fround(sum + one), 0) / width);
    const squares = Math.fround(line.reduce((sum, one) => Math.fround(sum + Math.fround(one * one)), 0) / width);
    const variance = Math.fround(squares - Math.fround(mean * mean));
    return ((value - mean) / Math.sqrt(variance + 1e-5)) * g[i % width]! + b[i % width]!;
  });
  return toInfo({ shape, data: result });
}

let packed = new Map<string, TensorInfo>();
let calls = 0;

const faults: readonly {
  readonly what: string;
  readonly kernels?: Partial<FusedKernels>;
  readonly others?: (stock: (name: string) => KernelFunc) => Record<string, KernelFunc>;
  /** The cases that run, and what the first that fails says. */
  readonly group: string;
  readonly message: RegExp;
}[] = [
  {
    what: 'attention that sees what comes after',
    kernels: {
      attention: { ...attention, forward: (inputs, { heads }) => attention.forward(inputs, { heads, causal: false }) },
    },
    group: 'attention',
    message: /causal: expected .* the engine is not fit/,
  },
  {
    what: 'a gradient of attention without its scale',
    kernels: {
      attention: {
        ...attention,
        gradient({ qkv, dy }, attrs) {
          const [right] = attention.gradient({ qkv, dy }, attrs);
          const { data, shape } = toPlain(right);
          forget(right);
          return [toInfo({ shape, data: data.map((value) => value * 2) })];
        },
      },
    },
    group: 'attention',
    message: /gradient of input 0/,
  },
  {
    what: 'a normalisation that cancels',
    kernels: { layerNorm: { ...plainFusedKernels.layerNorm, forward: cancellingLayerNorm } },
    group: 'limits: layerNorm',
    message: /numbers around 1e4/,
  },
  {
    what: 'an activation that overflows',
    kernels: { biasQuickGelu: { ...biasQuickGelu, forward: overflowing } },
    group: 'limits',
    message: /biasQuickGelu far out: expected .* got NaN/,
  },
  {
    what: 'a bias whose gradient is that of the first row',
    kernels: {
      biasQuickGelu: {
        ...biasQuickGelu,
        gradient({ x, bias, dy }) {
          const [dx] = biasQuickGeluGradients([toPlain(x), toPlain(bias)], toPlain(dy));
          return [toInfo(dx!), toInfo({ shape: bias.shape, data: dx!.data.slice(0, bias.shape[0]) })];
        },
      },
    },
    group: 'biasQuickGelu',
    message: /gradient of input 1/,
  },
  {
    what: 'a lookup that stores where it should add',
    kernels: {
      embedding: {
        ...embedding,
        gradient({ ids, dy }, { vocabulary }) {
          const [rows, slopes] = [toPlain(ids).data, toPlain(dy).data];
          const width = dy.shape[1]!;
          const data = new Float64Array(vocabulary * width);
          for (const [i, row] of rows.entries()) data.set(slopes.subarray(i * width, (i + 1) * width), row * width);
          return [toInfo({ shape: [vocabulary, width], data })];
        },
      },
    },
    group: 'embedTokens',
    message: /gradient of input 0/,
  },
  {
    what: 'a donated update that writes into what others share',
    kernels: { adamW: createAdamWKernel(() => true) },
    group: 'donation',
    message: /clone before the first update: expected .* as the first time/,
  },
  {
    what: 'an update in place of what was not given away',
    kernels: {
      adamW: { update: (inputs, rates) => createAdamWKernel(() => true).update(inputs, { ...rates, donate: true }) },
    },
    group: 'adamW',
    message: /what is not given away/,
  },
  {
    what: 'an update that forgets the scale of the gradient',
    kernels: {
      adamW: { update: ({ gradientScale: _, ...inputs }, rates) => createAdamWKernel().update(inputs, rates) },
    },
    group: 'adamW',
    message: /with a gradient scale: param of/,
  },
  {
    what: 'a kernel that leaves scratch memory behind',
    kernels: {
      fidelity: {
        ...fidelity,
        forward(inputs, attrs) {
          toInfo({ shape: [1], data: Float64Array.of(0) });
          return fidelity.forward(inputs, attrs);
        },
      },
    },
    group: 'fidelityElements',
    message: /nothing left over, got 2 buffers of the engine/,
  },
  {
    what: 'a copy of weights that is found by their shape',
    kernels: {
      linear: {
        forward({ weight, ...inputs }) {
          const key = weight.shape.join();
          const copy = packed.get(key) ?? toInfo(toPlain(weight));
          packed.set(key, copy);
          return linear.forward({ weight: copy, ...inputs });
        },
      },
    },
    group: 'frozen: another tensor',
    message: /number 2, linear, first time/,
  },
  {
    what: 'a product in half precision',
    kernels: {
      linear: {
        forward({ x, weight, ...bias }) {
          const rounded = { x: round(x), weight: round(weight) };
          const result = linear.forward({ ...rounded, ...bias });
          forget(rounded.x, rounded.weight);
          return result;
        },
      },
    },
    group: 'linear',
    message: /^linear: \[6, 5\] to 4: expected/,
  },
  {
    what: 'a sum in changing order',
    kernels: {
      biasQuickGelu: {
        ...biasQuickGelu,
        forward({ x, bias }) {
          calls += 1;
          const right = biasQuickGeluPlain(toPlain(x), toPlain(bias));
          return toInfo({ ...right, data: right.data.map((value) => value * (1 + (calls % 7) * 2 ** -24)) });
        },
      },
    },
    group: 'determinism',
    message: /as the first time/,
  },
  {
    what: 'a stock kernel that is wrong in its last column',
    others: (stock) => ({
      Sum(call) {
        const info = stock('Sum')(call) as TensorInfo;
        const values = engine().backend.readSync(info.dataId) as Float32Array;
        if (values.length === 33) values[values.length - 1]! += 1;
        return info;
      },
    }),
    group: 'reduction',
    message: /sum of \[2049, 33\] along axis 0: expected .* at \[32\]/,
  },
];

let end = () => {};

beforeAll(async () => {
  await useBackend(reference());
});
afterEach(() => end());

describe('an engine with a fault does not pass:', () => {
  test.each(faults)('$what', async ({ kernels = {}, others, group, message }) => {
    [packed, calls] = [new Map(), 0];
    end = overrideKernels('cpu', 'faulty', (stock) => ({
      ...fusedKernelFunctions({ ...plainFusedKernels, ...kernels }),
      ...others?.(stock),
    }));
    const runAll = async () => {
      for (const { name, run } of conformanceCases) if (name.startsWith(group)) await run();
    };
    const failure = { code: 'CONFORMANCE', message: expect.stringMatching(message) };
    await expect(runAll()).rejects.toThrow(expect.objectContaining(failure));
  });
});
