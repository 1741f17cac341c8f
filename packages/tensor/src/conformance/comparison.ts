import { createRandom, SofdError } from '@sofd/core';
import { mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { countTensors, readTensor } from '../memory.js';
import { valueAndGradients } from '../training/value-and-gradients.js';
import type { ConformanceCase } from './conformance-case.js';
import { type Plain, sizeOf } from './plain.js';

/** An input of a comparison: uniform values in a range. */
export interface InputSpec {
  readonly shape: readonly number[];
  /** -1 when left out. */
  readonly low?: number;
  /** 1 when left out. */
  readonly high?: number;
}

/** A function, written once for the engine and once in plain float64 arrays. */
export interface Comparison {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  readonly onEngine: (...inputs: Tensor[]) => Tensor;
  readonly onPlain: (...inputs: Plain[]) => Plain;
  /** Terms of the longest sum inside; 1 when left out. */
  readonly terms?: number;
  /** Whether the gradients are compared too; true when left out. */
  readonly differentiable?: boolean;
}

/** Half the distance from 1 to the next float32. */
const unitRoundoff = 2 ** -24;

/**
 * The allowed difference: a result is made of a few operations that are each right to some units in the last place (WGSL
 * allows 3 + 2|x| for exp and about 8 for log near 1; sixteen cover both), and a sum of n terms of magnitude up to 1
 * adds n roundings at most.
 */
const toleranceOf = (expected: Plain, terms: number) =>
  unitRoundoff * (16 + terms) * Math.max(1, ...expected.data.map((value) => Math.abs(value)));

/** Makes a case that compares values and gradients on the active engine with the plain ones, and counts tensors. */
export function createComparison(comparison: Comparison): ConformanceCase {
  const { name } = comparison;
  return {
    name,
    async run() {
      const before = countTensors();
      const inputs = createInputs(comparison);
      const tensors = inputs.map(({ shape, data }) => tensor(Float32Array.from(data), [...shape]));
      await compareValues(comparison, inputs, tensors);
      if (comparison.differentiable !== false) await compareGradients(comparison, inputs, tensors);
      for (const input of tensors) input.dispose();
      const left = countTensors() - before;
      if (left !== 0) throw failure(name, `no tensor left over`, `${left}`);
    },
  };
}

/** Values that float32 holds exactly, so that both sides start from the same numbers. */
function createInputs({ name, inputs }: Comparison): Plain[] {
  const random = createRandom(name);
  return inputs.map(({ shape, low = -1, high = 1 }) => ({
    shape,
    data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.uniformBetween(low, high))),
  }));
}

async function compareValues(
  comparison: Comparison,
  inputs: readonly Plain[],
  tensors: readonly Tensor[],
): Promise<void> {
  const { name, onEngine, onPlain, terms = 1 } = comparison;
  const expected = onPlain(...inputs);
  const result = tidy(() => onEngine(...tensors));
  if (result.shape.join() !== expected.shape.join()) {
    throw failure(name, `the shape [${expected.shape.join(', ')}]`, `[${result.shape.join(', ')}]`);
  }
  assertClose(name, { got: await readTensor(result), expected, terms });
  if (result.dtype !== 'float32') throw failure(name, 'float32', result.dtype);
  result.dispose();
}

/** Both sides differentiate the sum of the result weighted with fixed, different numbers, so that no term cancels. */
async function compareGradients(
  comparison: Comparison,
  inputs: readonly Plain[],
  tensors: readonly Tensor[],
): Promise<void> {
  const { name, onEngine, onPlain, terms = 1 } = comparison;
  const weights = createInputs({ ...comparison, name: `${name} weights`, inputs: [onPlain(...inputs)] })[0] as Plain;
  const weight = tensor(Float32Array.from(weights.data), [...weights.shape]);
  const params = Object.fromEntries(tensors.map((input, i) => [`${i}`, input]));
  const { value, gradients } = valueAndGradients(
    (given) => sum(mul(onEngine(...tensors.map((_, i) => given[`${i}`] as Tensor)), weight)),
    params,
  );
  const lossOf = (given: readonly Plain[]) =>
    onPlain(...given).data.reduce((total, output, i) => total + output * (weights.data[i] ?? 0), 0);
  for (const [i, input] of inputs.entries()) {
    const expected = differentiate(input, (changed) => lossOf(inputs.with(i, changed)));
    const gradient = gradients[`${i}`] as Tensor;
    assertClose(`${name}, gradient of input ${i}`, {
      got: await readTensor(gradient),
      expected,
      terms: terms + weights.data.length,
    });
    gradient.dispose();
  }
  value.dispose();
  weight.dispose();
}

/**
 * Central differences. In float64 a step of 1e-5 errs by about 1e-10 from the third derivative and 1e-11 from rounding,
 * four orders below float32's own rounding.
 */
function differentiate(input: Plain, lossOf: (changed: Plain) => number): Plain {
  const step = 1e-5;
  const shifted = (i: number, by: number) => ({ ...input, data: input.data.with(i, (input.data[i] ?? 0) + by) });
  const data = input.data.map((_, i) => (lossOf(shifted(i, step)) - lossOf(shifted(i, -step))) / (2 * step));
  return { shape: input.shape, data };
}

/** Compares element by element, at the tolerance that the sums inside allow. */
export function assertClose(
  name: string,
  { got, expected, terms }: { readonly got: Float32Array; readonly expected: Plain; readonly terms: number },
): void {
  const tolerance = toleranceOf(expected, terms);
  if (got.length !== expected.data.length) throw failure(name, `${expected.data.length} values`, `${got.length}`);
  expected.data.forEach((value, i) => {
    const difference = Math.abs((got[i] ?? Number.NaN) - value);
    if (!(difference <= tolerance)) {
      throw failure(name, `${value} at ${i} to ${tolerance.toExponential(1)}`, `${got[i]}`);
    }
  });
}

/** The error of a case that does not hold. */
export const failure = (name: string, expected: string, got: string): SofdError =>
  new SofdError('CONFORMANCE', `${name}: expected ${expected}, got ${got}; the engine is not fit for use.`);
