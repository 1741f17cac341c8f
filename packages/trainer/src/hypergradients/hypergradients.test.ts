import { wasm } from '@sofd/backend-wasm';
import {
  assertNoLeak,
  disposeTree,
  matMul,
  reshape,
  square,
  sub,
  type Tensor,
  tensorFrom,
  tidy,
  useBackend,
} from '@sofd/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamWLookAhead } from '../look-ahead/adam-w/adam-w.js';
import type { LookAhead } from '../look-ahead/look-ahead.js';
import { sgdLookAhead } from '../look-ahead/sgd/sgd.js';
import { createObjective } from '../objective/objective.js';
import { exact } from './exact/exact.js';
import { finiteDifference } from './finite-difference/finite-difference.js';
import type { Hypergradient } from './hypergradient.js';

/** Task i of a batch: Σ_k c_ik (x_k - a_k)², so that everything can be worked out in float64. */
interface Quadratic {
  readonly centre: readonly number[];
  /** [task][k] */
  readonly curvature: readonly (readonly number[])[];
}

const training: Quadratic = {
  centre: [1, -0.5, 0.25, 2],
  curvature: [
    [1, 0.2, 0.1, 0.5],
    [0.3, 2, 0.4, 0.1],
    [0.5, 0.1, 1.5, 0.7],
  ],
};
const heldOut: Quadratic = { ...training, centre: [0.6, -1, 1, 1.5] };
const x = [0.3, 0.8, -0.7, 0.1];
const memory = { step: 3, m: [0.4, -0.2, 0.1, 0], v: [0.05, 0.3, 0.02, 0] };
const [learningRate, weightDecay] = [0.2, 0.01];
const weights = [1, 0.7, 1.3];

const column = (values: readonly number[]) => tensorFrom(Float32Array.from(values), [values.length, 1]);

/** The losses on the engine, [tasks]. */
function lossesOf({ centre, curvature }: Quadratic) {
  return ({ x: at }: Readonly<Record<string, Tensor>>) =>
    tidy(() => {
      const table = tensorFrom(Float32Array.from(curvature.flat()), [3, 4]);
      return reshape(matMul(table, square(sub(at!, column(centre)))), [3]);
    });
}

const lossAt = ({ centre, curvature }: Quadratic, task: number, at: readonly number[]) =>
  at.reduce((sum, value, k) => sum + curvature[task]![k]! * (value - centre[k]!) ** 2, 0);

const gradientAt = ({ centre, curvature }: Quadratic, lambda: readonly number[], at: readonly number[]) =>
  at.map((value, k) => lambda.reduce((sum, w, task) => sum + w * 2 * curvature[task]![k]! * (value - centre[k]!), 0));

/** θ'(λ) in float64. */
const steps: Readonly<Record<string, (lambda: readonly number[]) => number[]>> = {
  sgd: (lambda) => gradientAt(training, lambda, x).map((g, k) => x[k]! - learningRate * (g + weightDecay * x[k]!)),
  'adam-w': (lambda) =>
    gradientAt(training, lambda, x).map((g, k) => {
      const t = memory.step + 1;
      const m = (0.9 * memory.m[k]! + 0.1 * g) / (1 - 0.9 ** t);
      const v = (0.999 * memory.v[k]! + 0.001 * g * g) / (1 - 0.999 ** t);
      return x[k]! * (1 - learningRate * weightDecay) - (learningRate * m) / (Math.sqrt(v) + 1e-8);
    }),
};

/** ∂L_primary(θ'(λ); held-out) / ∂λ in float64, by central differences. */
function differentiate(name: string): number[] {
  const delta = 1e-5;
  const lossAfter = (lambda: readonly number[]) => lossAt(heldOut, 0, steps[name]!(lambda));
  return weights.map((_, task) => {
    const moved = (sign: number) => weights.map((w, other) => (other === task ? w + sign * delta : w));
    return (lossAfter(moved(1)) - lossAfter(moved(-1))) / (2 * delta);
  });
}

async function compute(hypergradient: Hypergradient, lookAhead: LookAhead): Promise<readonly number[]> {
  const trainable = { x: column(x) };
  const optimizer = { step: memory.step, m: { x: column(memory.m) }, v: { x: column(memory.v) } };
  const objective = createObjective([lossesOf(training)]);
  const now = objective.at(trainable);
  const { gradient } = await hypergradient.compute({
    step: 3,
    epoch: 0,
    trainable,
    optimizer,
    learningRate,
    weightDecay,
    now,
    training: objective,
    heldOut: createObjective([lossesOf(heldOut)]),
    taskWeights: weights,
    primaryWeights: [1, 0, 0],
    lookAhead,
  });
  now.dispose();
  for (const tree of [trainable, optimizer.m, optimizer.v]) disposeTree(tree);
  return gradient;
}

beforeAll(async () => {
  await useBackend(wasm());
});

describe.each([sgdLookAhead(), adamWLookAhead()])('looking ahead by $name', (lookAhead) => {
  // Losses of about 5 in float32 have errors of 6e-7; the products of two gradients with some ten terms, about 1e-5 of theirs.
  it('gives the derivative of the held-out loss with respect to the task weights, exactly', async () => {
    const expected = differentiate(lookAhead.name);
    for (const [task, value] of (await compute(exact(), lookAhead)).entries())
      expect(value / expected[task]!).toBeCloseTo(1, 4);
  });

  // On quadratics a central difference is exact but for rounding: losses of 5 with errors of 6e-7 over a step of 0.01.
  it('gives it by finite differences', async () => {
    const expected = differentiate(lookAhead.name);
    const values = await compute(finiteDifference(), lookAhead);
    const scale = Math.max(...expected.map(Math.abs));
    for (const [task, value] of values.entries()) expect((value - expected[task]!) / scale).toBeCloseTo(0, 3);
  });

  it('leaves no tensor behind', async () => {
    await assertNoLeak(async () => {
      for (const hypergradient of [exact(), finiteDifference()]) await compute(hypergradient, lookAhead);
    });
  });
});
