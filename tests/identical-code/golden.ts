import { createRandom } from '@sofd/core';
import {
  differenceTolerance,
  directionTolerance,
  gradientTolerance,
  lossTolerance,
  stepTolerance,
  updateTolerance,
} from './tolerance.js';
import { rates, type TrainingStep } from './training-step.js';

/** Numbers of the reference engine, each with the difference that another engine may have. */
export type Golden = Readonly<
  Record<string, { readonly values: readonly number[]; readonly tolerance: readonly number[] }>
>;

/** Sums of an array's values under random signs. A difference of length d moves each by about d, wherever it lies. */
const signings = 4;

function project(name: string, data: ArrayLike<number>): number[] {
  const random = createRandom('projections').split(name);
  const sums = new Array<number>(signings).fill(0);
  for (let i = 0; i < data.length; i++) {
    const bits = random.integer(2 ** signings);
    for (let k = 0; k < signings; k++) sums[k]! += (bits >> k) & 1 ? data[i]! : -data[i]!;
  }
  return sums;
}

const sumOfSquares = (data: ArrayLike<number>) => Array.from(data).reduce((sum, value) => sum + value * value, 0);

/** The gradient that the step saw: after one step the first mean is (1 - beta1) g. */
const gradientsOf = ({ firstMoments }: TrainingStep): Record<string, Float64Array> =>
  Object.fromEntries(
    Object.entries(firstMoments).map(([name, { data }]) => [
      name,
      Float64Array.from(data, (m) => m / (1 - rates.betas[0])),
    ]),
  );

const every = (values: readonly number[], tolerance: (value: number) => number) => ({
  values,
  tolerance: values.map(tolerance),
});

function describeOuterStep({ losses, taskWeights, outer }: TrainingStep) {
  const largest = Math.max(...outer.lossesPlus, ...outer.lossesMinus);
  const termTolerance = differenceTolerance(outer.epsilon, largest);
  return {
    losses: every(losses, (loss) => lossTolerance * loss),
    'held-out losses': every(outer.heldOutLosses, (loss) => directionTolerance * loss),
    'length of the held-out gradient': every([outer.norm], (norm) => directionTolerance * norm),
    'hypergradient terms': every(outer.terms, (term) => termTolerance + directionTolerance * Math.abs(term)),
    // Adam on the weights sees -a h; its rate, 1e-3, is the learning rate of the model too.
    'task weights': {
      values: taskWeights,
      tolerance: outer.terms.map(
        (term) => stepTolerance(-rates.learningRate * term, rates.learningRate * termTolerance, 1e-3) + 2 ** -24,
      ),
    },
  };
}

/**
 * Numbers of a step, with tolerances that follow from the step's own gradients.
 *
 * @public make-golden.mjs imports it by path.
 */
export function describeStep(step: TrainingStep): Golden {
  const gradients = gradientsOf(step);
  const parameters = Object.values(gradients).reduce((count, { length }) => count + length, 0);
  const meanSquare = Object.values(gradients).reduce((sum, data) => sum + sumOfSquares(data), 0) / parameters;
  const golden: Record<string, Golden[string]> = describeOuterStep(step);
  for (const [name, gradient] of Object.entries(gradients)) {
    // Gradients that cancel to nothing, such as those of the key biases, carry the rounding of what cancelled.
    const error = gradientTolerance * Math.sqrt(Math.max(meanSquare, sumOfSquares(gradient) / gradient.length));
    const alike = (tolerance: number) => new Array<number>(signings).fill(tolerance);
    golden[`gradient ${name}`] = {
      values: project(name, gradient),
      tolerance: alike(error * Math.sqrt(gradient.length)),
    };
    const { data } = step.after[name]!;
    const moves = Array.from(
      gradient,
      (g, i) => stepTolerance(g, error, rates.learningRate) + updateTolerance(data[i]!),
    );
    golden[`parameter ${name}`] = { values: project(name, data), tolerance: alike(4 * Math.sqrt(sumOfSquares(moves))) };
  }
  return golden;
}

/** What differs from the golden numbers by more than it may, and how near the rest comes. */
export interface Comparison {
  readonly problems: readonly string[];
  /** The largest share of its tolerance that any number uses up. */
  readonly worst: number;
  readonly worstName: string;
}

/** Compares a step with the golden numbers. */
export function compareStep(golden: Golden, step: TrainingStep): Comparison {
  const found = describeStep(step);
  const problems: string[] = [];
  let worst = 0;
  let worstName = '';
  const names = new Set([...Object.keys(golden), ...Object.keys(found)]);
  for (const name of names) {
    const [expected, actual] = [golden[name], found[name]];
    if (!expected || !actual || expected.values.length !== actual.values.length) {
      problems.push(`${name}: is ${actual ? 'not in golden.json; run make-golden.mjs' : 'missing'}`);
      continue;
    }
    for (const [index, value] of expected.values.entries()) {
      const share = Math.abs(actual.values[index]! - value) / expected.tolerance[index]!;
      // A comparison that NaN fails too.
      if (!(share <= 1))
        problems.push(
          `${name}[${index}]: expected ${value} within ${expected.tolerance[index]}, got ${actual.values[index]}`,
        );
      if (share > worst) [worst, worstName] = [share, name];
    }
  }
  return { problems, worst, worstName };
}

/**
 * The largest error of AdamW's update itself, in units of its tolerance: the parameters against the update computed in float64
 * from the engine's own means. Adam divides by its gradient, so only this sees a wrong update where gradients are near zero.
 */
export function checkUpdate({ before, after, firstMoments, secondMoments }: TrainingStep): number {
  const { learningRate, weightDecay, betas, epsilon } = rates;
  let worst = 0;
  for (const [name, { data }] of Object.entries(after))
    for (let i = 0; i < data.length; i++) {
      const m = firstMoments[name]!.data[i]! / (1 - betas[0]);
      const v = secondMoments[name]!.data[i]! / (1 - betas[1]);
      const start = before[name]!.data[i]!;
      const expected = start * (1 - learningRate * weightDecay) - (learningRate * m) / (Math.sqrt(v) + epsilon);
      worst = Math.max(worst, Math.abs(data[i]! - expected) / updateTolerance(start));
    }
  return worst;
}
