import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { attentionGradient, attentionPlain } from '../src/conformance/plain/attention.js';
import { fidelityGradients, fidelityPlain } from '../src/conformance/plain/fidelity.js';
import { layerNormGradients, layerNormPlain } from '../src/conformance/plain/layer-norm.js';
import { elementwise, type Plain } from '../src/conformance/plain/plain.js';
import { affinePlain, matMulPlain } from '../src/conformance/plain/products.js';
import { biasQuickGeluGradients, biasQuickGeluPlain } from '../src/conformance/plain/quick-gelu.js';
import type { AdamWRates, FusedKernels } from '../src/fused/fused-kernels.js';

export const toPlain = ({ dataId, shape }: TensorInfo): Plain => ({
  shape,
  data: Float64Array.from(engine().backend.readSync(dataId) as Float32Array),
});

/** The array is kept, not copied. */
const keepArray = (values: Float32Array, shape: readonly number[]): TensorInfo => ({
  dataId: engine().backend.write(values, [...shape], 'float32'),
  shape: [...shape],
  dtype: 'float32',
});

export const toInfo = ({ data, shape }: Plain): TensorInfo => keepArray(Float32Array.from(data), shape);

const embedding: Required<FusedKernels>['embedding'] = {
  forward({ ids, table }) {
    const [rows, { data }] = [toPlain(ids).data, toPlain(table)];
    const width = table.shape[1] as number;
    const looked = new Float64Array(rows.length * width);
    for (const [i, row] of rows.entries()) looked.set(data.subarray(row * width, (row + 1) * width), i * width);
    return toInfo({ shape: [rows.length, width], data: looked });
  },
  gradient({ ids, dy }, { vocabulary }) {
    const [rows, slopes] = [toPlain(ids).data, toPlain(dy).data];
    const width = dy.shape[1] as number;
    const summed = new Float64Array(vocabulary * width);
    for (const [i, slope] of slopes.entries()) {
      const place = (rows[Math.floor(i / width)] as number) * width + (i % width);
      summed[place] = (summed[place] as number) + slope;
    }
    return [toInfo({ shape: [vocabulary, width], data: summed })];
  },
};

const fidelity: Required<FusedKernels>['fidelity'] = {
  forward: ({ marginals, complements, targets }, { epsilon }) =>
    toInfo(fidelityPlain(epsilon)(toPlain(marginals), toPlain(complements), toPlain(targets))),
  gradient({ marginals, complements, targets, dy }, { epsilon }) {
    const inputs = [marginals, complements, targets].map(toPlain);
    return fidelityGradients(epsilon)(inputs, toPlain(dy)).map(toInfo) as [TensorInfo, TensorInfo];
  },
};

/** Whether a kernel may write into the memory of an input that is given away. */
export type MayReuse = (info: TensorInfo) => boolean;

const isUnshared: MayReuse = ({ dataId }) => engine().backend.refCount(dataId) === 1;

/** The update of one parameter, into its own memory where it is given away and nobody else has it. */
export const createAdamWKernel = (mayReuse: MayReuse = isUnshared): Required<FusedKernels>['adamW'] => ({
  update(inputs, rates) {
    const outputs = ['param', 'm', 'v', ...(inputs.ema ? ['ema'] : [])] as ('param' | 'm' | 'v' | 'ema')[];
    const old = outputs.map((name) => inputs[name] as TensorInfo);
    const reused = old.map((info) => rates.donate && mayReuse(info));
    const next = computeAdamW(
      old.map(toPlain),
      { gradient: toPlain(inputs.gradient), scale: inputs.gradientScale ? toPlain(inputs.gradientScale).data[0] : 1 },
      rates,
    );
    return old.map((info, i) => {
      const values = Float32Array.from((next[i] as Plain).data);
      if (!reused[i]) return keepArray(values, info.shape);
      const own = engine().backend.readSync(info.dataId) as Float32Array;
      own.set(values);
      return keepArray(own, info.shape);
    });
  },
});

function computeAdamW(
  [param, m, v, ema]: readonly Plain[],
  { gradient, scale = 1 }: { readonly gradient: Plain; readonly scale: number | undefined },
  { beta1, beta2, epsilon, stepSize, inverseRootCorrection2, decay, emaDecay }: AdamWRates,
): Plain[] {
  const nextM = elementwise((mean = 0, g = 0) => beta1 * mean + (1 - beta1) * g * scale)(m as Plain, gradient);
  const nextV = elementwise((square = 0, g = 0) => beta2 * square + (1 - beta2) * (g * scale) ** 2)(
    v as Plain,
    gradient,
  );
  const next = elementwise(
    (p = 0, mean = 0, square = 0) =>
      p * decay - (stepSize * mean) / (Math.sqrt(square) * inverseRootCorrection2 + epsilon),
  )(param as Plain, nextM, nextV);
  const average = elementwise((before = 0, now = 0) => emaDecay * before + (1 - emaDecay) * now);
  return [next, nextM, nextV, ...(ema ? [average(ema, next)] : [])];
}

/** All fused kernels, slow and in float64 inside: an engine to test the layers and the conformance suite with. */
export const plainFusedKernels: Required<FusedKernels> = {
  linear: {
    forward: ({ x, weight, bias }) =>
      toInfo(bias ? affinePlain(toPlain(x), toPlain(weight), toPlain(bias)) : matMulPlain(toPlain(x), toPlain(weight))),
  },
  layerNorm: {
    forward: ({ x, gain, bias }, { epsilon }) =>
      toInfo(layerNormPlain(epsilon)(toPlain(x), toPlain(gain), toPlain(bias))),
    gradient({ x, gain, dy }, { epsilon }) {
      // Of the bias only the shape is used, which is that of the gain.
      const inputs = [x, gain, gain].map(toPlain);
      return layerNormGradients(epsilon)(inputs, toPlain(dy)).map(toInfo) as [TensorInfo, TensorInfo, TensorInfo];
    },
  },
  biasQuickGelu: {
    forward: ({ x, bias }) => toInfo(biasQuickGeluPlain(toPlain(x), toPlain(bias))),
    gradient: ({ x, bias, dy }) =>
      biasQuickGeluGradients([toPlain(x), toPlain(bias)], toPlain(dy)).map(toInfo) as [TensorInfo, TensorInfo],
  },
  attention: {
    forward: ({ qkv }, attrs) => toInfo(attentionPlain(toPlain(qkv), attrs)),
    gradient: ({ qkv, dy }, attrs) => [toInfo(attentionGradient(toPlain(qkv), toPlain(dy), attrs))],
  },
  embedding,
  fidelity,
  adamW: createAdamWKernel(),
};
