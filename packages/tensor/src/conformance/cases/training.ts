import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { linear } from '../../layers/linear.js';
import { readTensor } from '../../memory.js';
import { mean, square, sub } from '../../ops.js';
import { disposeTree, type ParameterTree } from '../../parameter-tree.js';
import { createAdamW } from '../../training/adam-w.js';
import type { OptimizerState } from '../../training/optimizer.js';
import { valueAndGradients } from '../../training/value-and-gradients.js';
import type { ConformanceCase } from '../conformance-case.js';
import { plainAdamW, startPlain } from '../plain/optimizers.js';
import { build, elementwise, type Plain } from '../plain/plain.js';
import { affineGradients, affinePlain } from '../plain/products.js';
import { meanOf } from '../plain/reduce.js';
import { withoutLeak } from '../resources.js';
import { assertClose } from '../tolerance.js';

const options = { learningRate: 0.05, betas: [0.8, 0.95], epsilon: 1e-6, weightDecay: 0.1 } as const;
const steps = 4;

const wave = (rows: number, columns: number, phase: number) =>
  build([rows, columns], (row = 0, column = 0) => Math.fround(Math.sin(row * columns + column + phase)));

/** A linear regression: five samples of three inputs, two outputs. */
const problem = { x: wave(5, 3, 0), y: wave(5, 2, 1), weight: wave(3, 2, 2), bias: wave(1, 2, 3) };

interface Course {
  readonly losses: number[];
  readonly params: number[];
}

/** The training in float64 loops. */
function trainPlain(): Course {
  const { x, y } = problem;
  const [weight, bias] = [startPlain(problem.weight.data), startPlain(problem.bias.data)];
  const update = plainAdamW(options);
  const losses: number[] = [];
  for (let step = 1; step <= steps; step += 1) {
    const inputs: [Plain, Plain, Plain] = [
      x,
      { shape: [3, 2], data: weight.param },
      { shape: [1, 2], data: bias.param },
    ];
    const error = elementwise((got = 0, wanted = 0) => got - wanted)(affinePlain(...inputs), y);
    losses.push(meanOf([...error.data].map((value) => value ** 2)));
    const slope = elementwise((value = 0) => (2 * value) / error.data.length)(error);
    const [, dWeight, dBias] = affineGradients(inputs, slope) as [Plain, Plain, Plain];
    update(weight, dWeight.data, { step });
    update(bias, dBias.data, { step });
  }
  return { losses, params: [...weight.param, ...bias.param] };
}

interface Params extends ParameterTree {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

const toTensor = ({ data }: Plain, shape: number[]) => tensor(Float32Array.from(data), shape);

async function trainOnEngine(): Promise<Course> {
  const [x, y] = [toTensor(problem.x, [5, 3]), toTensor(problem.y, [5, 2])];
  const optimizer = createAdamW(options);
  let params: Params = { weight: toTensor(problem.weight, [3, 2]), bias: toTensor(problem.bias, [2]) };
  let state: OptimizerState = optimizer.init(params);
  const losses: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const { value, gradients } = valueAndGradients(
      ({ weight, bias }) => mean(square(sub(linear(x, weight, bias), y))),
      params,
    );
    losses.push((await readTensor(value))[0] ?? Number.NaN);
    ({ params, state } = optimizer.update(params, gradients, state, { donate: true }));
    for (const tree of [gradients, { value }]) disposeTree(tree);
  }
  const final = [...(await readTensor(params.weight)), ...(await readTensor(params.bias))];
  for (const tree of [params, state.m, state.v, { x, y }]) disposeTree(tree);
  return { losses, params: final };
}

/** Whole steps of training. */
export const trainingCases: readonly ConformanceCase[] = [
  {
    name: 'training: four steps of a regression equal float64 loops',
    run: () =>
      withoutLeak('training', async () => {
        const [got, expected] = [await trainOnEngine(), trainPlain()];
        for (const key of ['losses', 'params'] as const) {
          assertClose(`training: ${key}`, {
            got: Float32Array.from(got[key]),
            expected: { shape: [expected[key].length], data: Float64Array.from(expected[key]) },
            // Each step adds the roundings of a gradient of ten terms; Adam's quotient doubles their relative size.
            terms: steps * 20,
          });
        }
      }),
  },
];
