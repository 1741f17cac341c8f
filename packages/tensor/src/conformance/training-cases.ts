import { createRandom } from '@sofd/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { linear } from '../layers/linear.js';
import { countTensors, readTensor } from '../memory.js';
import { mean, square, sub } from '../ops.js';
import { disposeTree, type ParameterTree } from '../parameter-tree.js';
import { createAdamW } from '../training/adam-w.js';
import type { OptimizerState } from '../training/optimizer.js';
import { valueAndGradients } from '../training/value-and-gradients.js';
import { assertClose, failure } from './comparison.js';
import type { ConformanceCase } from './conformance-case.js';

const options = { learningRate: 0.05, betas: [0.8, 0.95], epsilon: 1e-6, weightDecay: 0.1 } as const;
const steps = 4;

/** A linear regression: five samples of three inputs, two outputs. */
function createProblem() {
  const random = createRandom('training');
  const values = (count: number) => Float32Array.from({ length: count }, () => random.uniformBetween(-1, 1));
  return { x: values(15), y: values(10), weight: values(6), bias: values(2) };
}

type Problem = ReturnType<typeof createProblem>;

/** The training in float64 loops: gradients of the mean squared error by hand, AdamW element by element. */
function trainPlain({ x, y, weight, bias }: Problem): { losses: number[]; params: number[] } {
  const params = [...weight, ...bias];
  const [m, v] = [params.map(() => 0), params.map(() => 0)];
  const losses: number[] = [];
  for (let step = 1; step <= steps; step += 1) {
    const gradient = params.map(() => 0);
    let loss = 0;
    for (let sample = 0; sample < 5; sample += 1) {
      for (let output = 0; output < 2; output += 1) {
        const inputs = [0, 1, 2].map((i) => x[sample * 3 + i] as number);
        const predicted = inputs.reduce(
          (sum, value, i) => sum + value * (params[i * 2 + output] as number),
          params[6 + output] as number,
        );
        const error = predicted - (y[sample * 2 + output] as number);
        loss += error ** 2 / 10;
        inputs.forEach((value, i) => {
          gradient[i * 2 + output] = (gradient[i * 2 + output] as number) + (2 * error * value) / 10;
        });
        gradient[6 + output] = (gradient[6 + output] as number) + (2 * error) / 10;
      }
    }
    losses.push(loss);
    updatePlain({ params, gradient, m, v }, step);
  }
  return { losses, params };
}

function updatePlain(
  { params, gradient, m, v }: Record<'params' | 'gradient' | 'm' | 'v', number[]>,
  step: number,
): void {
  const [beta1, beta2] = options.betas;
  gradient.forEach((g, i) => {
    m[i] = beta1 * (m[i] as number) + (1 - beta1) * g;
    v[i] = beta2 * (v[i] as number) + (1 - beta2) * g * g;
    const corrected = { m: m[i] / (1 - beta1 ** step), v: v[i] / (1 - beta2 ** step) };
    const decayed = (params[i] as number) * (1 - options.learningRate * options.weightDecay);
    params[i] = decayed - (options.learningRate * corrected.m) / (Math.sqrt(corrected.v) + options.epsilon);
  });
}

interface Params extends ParameterTree {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

async function trainOnEngine(problem: Problem): Promise<{ losses: number[]; params: number[] }> {
  const [x, y] = [tensor(problem.x, [5, 3]), tensor(problem.y, [5, 2])];
  const optimizer = createAdamW(options);
  let params: Params = { weight: tensor(problem.weight, [3, 2]), bias: tensor(problem.bias, [2]) };
  let state: OptimizerState = optimizer.init(params);
  const losses: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const { value, gradients } = valueAndGradients(
      ({ weight, bias }) => mean(square(sub(linear(x, weight, bias), y))),
      params,
    );
    losses.push((await readTensor(value))[0] ?? Number.NaN);
    const next = optimizer.update(params, gradients, state);
    for (const tree of [params, gradients, state.m, state.v]) disposeTree(tree);
    value.dispose();
    ({ params, state } = next);
  }
  const final = [...(await readTensor(params.weight)), ...(await readTensor(params.bias))];
  for (const tree of [params, state.m, state.v, { x, y }]) disposeTree(tree);
  return { losses, params: final };
}

/** Whole steps of training. */
export const trainingCases: readonly ConformanceCase[] = [
  {
    name: 'training: four steps of AdamW equal float64 loops',
    async run() {
      const before = countTensors();
      const problem = createProblem();
      const [got, expected] = [await trainOnEngine(problem), trainPlain(problem)];
      for (const key of ['losses', 'params'] as const) {
        assertClose(`training: ${key}`, {
          got: Float32Array.from(got[key]),
          expected: { shape: [expected[key].length], data: Float64Array.from(expected[key]) },
          // Each step adds the roundings of a gradient of ten terms; Adam's quotient doubles their relative size.
          terms: steps * 20,
        });
      }
      const left = countTensors() - before;
      if (left !== 0) throw failure('training', 'no tensor left over', `${left}`);
    },
  },
  {
    name: 'training: the same start gives the same numbers twice',
    async run() {
      const [first, second] = [await trainOnEngine(createProblem()), await trainOnEngine(createProblem())];
      if (JSON.stringify(first) !== JSON.stringify(second)) {
        throw failure('training', JSON.stringify(first), JSON.stringify(second));
      }
    },
  },
];
