import { createRandom } from '@sofd/core';
import { mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { composeLayers, hasFusedKernels } from '../fused/run-fused-kernel.js';
import { readTensor } from '../memory.js';
import { disposeTree } from '../parameter-tree.js';
import { valueAndGradients } from '../training/value-and-gradients.js';
import type { ConformanceCase } from './conformance-case.js';
import { differenceStep, type Plain, sizeOf } from './plain/plain.js';
import { withoutLeak } from './resources.js';
import { type Allowance, assertClose, assertSameBits, failure } from './tolerance.js';

/** An input of a comparison: given values, or uniform ones in a range. */
export interface InputSpec {
  readonly shape: readonly number[];
  /** -1 when left out. */
  readonly low?: number;
  /** 1 when left out. */
  readonly high?: number;
  /** Row-major; repeated where there are fewer. */
  readonly values?: readonly number[];
}

/** A function, written once for the engine and once in plain float64 arrays. */
export interface Comparison extends Allowance {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  onEngine(...inputs: Tensor[]): Tensor;
  onPlain(...inputs: Plain[]): Plain;
  /** Whether the gradients are compared too; true when left out. */
  readonly differentiable?: boolean;
  /** The gradients of the inputs by formula, where central differences of every element take too long. */
  plainGradients?(inputs: readonly Plain[], dy: Plain): readonly Plain[];
  /** As `terms`, of the gradients; by default those of the result and one for every number in it. */
  readonly gradientTerms?: number;
  /** Whether it is a layer, which is compared as the engine computes it and composed of plain operations. */
  readonly isLayer?: boolean;
  readonly heavy?: boolean;
}

/** Makes a case that compares values and gradients on the active engine with the plain ones, and counts what is left over. */
export function createComparison(comparison: Comparison): ConformanceCase {
  const { name, heavy = false, isLayer = false } = comparison;
  return {
    name,
    heavy,
    run: () =>
      withoutLeak(name, async () => {
        const { result, gradients } = computeOnPlain(comparison);
        const { terms = 1, gradientTerms = terms + result.data.length, scale } = comparison;
        const forms = {
          [name]: comparison,
          ...(isLayer && hasFusedKernels() ? { [`${name}, composed`]: compose(comparison) } : {}),
        };
        for (const [label, form] of Object.entries(forms)) {
          const [got, ...slopes] = (await computeOnEngine(form, result.shape)) as [Float32Array, ...Float32Array[]];
          assertClose(label, { got, expected: result, terms, scale });
          for (const [i, slope] of slopes.entries()) {
            const expected = gradients[i] as Plain;
            assertClose(`${label}, gradient of input ${i}`, { got: slope, expected, terms: gradientTerms, scale });
          }
        }
      }),
  };
}

/** Makes a case that computes values and gradients twice and compares the bits. */
export function createRepetition(comparison: Comparison): ConformanceCase {
  const name = `determinism: ${comparison.name}`;
  return {
    name,
    heavy: comparison.heavy ?? false,
    run: () =>
      withoutLeak(name, async () => {
        assertSameBits(name, await computeOnEngine(comparison), await computeOnEngine(comparison));
      }),
  };
}

const compose = (comparison: Comparison): Comparison => ({
  ...comparison,
  onEngine: (...inputs) => composeLayers(() => comparison.onEngine(...inputs)),
});

/** The inputs of a comparison: values that float32 holds exactly, so that both sides start from the same numbers. */
export function createInputs({ name, inputs }: Pick<Comparison, 'name' | 'inputs'>): Plain[] {
  const random = createRandom(name);
  return inputs.map(({ shape, low = -1, high = 1, values }) => ({
    shape,
    data: Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
      Math.fround(values ? (values[i % values.length] as number) : random.uniformBetween(low, high)),
    ),
  }));
}

/** What the gradients are of: the inner product of the result with fixed, different numbers, so that no term cancels. */
export const createWeights = (shape: readonly number[]) =>
  createInputs({ name: `weights of [${shape.join()}]`, inputs: [{ shape }] })[0] as Plain;

function computeOnPlain(comparison: Comparison): { readonly result: Plain; readonly gradients: readonly Plain[] } {
  const { differentiable = true, plainGradients } = comparison;
  const inputs = createInputs(comparison);
  const result = comparison.onPlain(...inputs);
  if (!differentiable) return { result, gradients: [] };
  const dy = createWeights(result.shape);
  return { result, gradients: plainGradients?.(inputs, dy) ?? differentiate(comparison, inputs, dy) };
}

/** Central differences of every element of every input, in float64. */
export function differentiate({ onPlain }: Comparison, inputs: readonly Plain[], dy: Plain): Plain[] {
  const lossOf = (given: readonly Plain[]) =>
    onPlain(...given).data.reduce((total, output, i) => total + output * (dy.data[i] as number), 0);
  return inputs.map((input, which) => {
    const data = input.data.map((value, i) => {
      const step = differenceStep(value);
      const lossAt = (moved: number) => lossOf(inputs.with(which, { ...input, data: input.data.with(i, moved) }));
      return (lossAt(value + step) - lossAt(value - step)) / (2 * step);
    });
    return { shape: input.shape, data };
  });
}

const toTensor = ({ shape, data }: Plain) => tensor(Float32Array.from(data), [...shape], 'float32');

/** A copy, for an engine may hand out its own memory. */
const read = async (source: Tensor) => (await readTensor(source)).slice();

/** The result, and the gradient of each input. */
async function computeOnEngine(comparison: Comparison, shape?: readonly number[]): Promise<Float32Array[]> {
  const { name, onEngine, differentiable = true } = comparison;
  const tensors = createInputs(comparison).map(toTensor);
  const result = tidy(() => onEngine(...tensors));
  if (shape && result.shape.join() !== shape.join()) {
    throw failure(name, `the shape [${shape.join(', ')}]`, `[${result.shape.join(', ')}]`);
  }
  if (result.dtype !== 'float32') throw failure(name, 'float32', result.dtype);
  const values = [await read(result)];
  if (differentiable) {
    const weight = toTensor(createWeights(result.shape));
    const params = Object.fromEntries(tensors.map((input, i) => [`${i}`, input]));
    const { value, gradients } = valueAndGradients(
      (given) => sum(mul(onEngine(...tensors.map((_, i) => given[`${i}`] as Tensor)), weight)),
      params,
    );
    for (const i of tensors.keys()) values.push(await read(gradients[`${i}`] as Tensor));
    for (const tree of [gradients, { value, weight }]) disposeTree(tree);
  }
  for (const one of [...tensors, result]) one.dispose();
  return values;
}
