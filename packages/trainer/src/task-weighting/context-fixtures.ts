import type { FlatParameters } from '@sofd/model';
import { add, disposeTree, matMul, mul, reshape, square, sum, tensorFrom, tidy } from '@sofd/tensor';
import { createAdamW } from '@sofd/tensor/training';
import { createObjective, type LossPass } from '../objective/objective.js';
import type { WeightingContext } from './task-weighting.js';

// What the tests of the rules share: losses of which values and gradients are known.

/** Losses and gradients at the current parameters. */
export interface Given {
  /** L_i. */
  readonly losses: readonly number[];
  /** ∇L_i, [tasks][4]: two numbers for the image projection, two for the text projection. */
  readonly gradients: readonly (readonly number[])[];
  readonly step?: number;
  readonly epoch?: number;
}

/**
 * Gives a function a context whose losses are L_i + ⟨∇L_i, θ⟩ + ½ ‖θ_text‖² at θ = 0, and frees it afterwards.
 */
export async function withContext<T>(
  { losses, gradients, step = 0, epoch = 0 }: Given,
  fn: (context: WeightingContext) => Promise<T>,
): Promise<T> {
  const tasks = losses.length;
  const offsets = tensorFrom(Float32Array.from(losses), [tasks]);
  const [image, text] = [0, 2].map((start) =>
    tensorFrom(Float32Array.from(gradients.flatMap((row) => row.slice(start, start + 2))), [tasks, 2]),
  );
  const trainable: FlatParameters = {
    'vision.projection.weight': tensorFrom(new Float32Array(2), [2, 1]),
    'text.projection': tensorFrom(new Float32Array(2), [2, 1]),
  };
  const objective = createObjective([
    (params) =>
      tidy(() => {
        const linear = add(
          matMul(image!, params['vision.projection.weight']!),
          matMul(text!, params['text.projection']!),
        ); // [tasks, 1]
        const bend = mul(0.5, sum(square(params['text.projection']!)));
        return add(add(offsets, reshape(linear, [tasks])), bend); // [tasks]
      }),
  ]);
  const optimizer = createAdamW({ learningRate: 1e-3 });
  const memory = optimizer.init(trainable);
  const now = objective.at(trainable);
  try {
    return await fn({
      step,
      epoch,
      trainable,
      optimizer: memory,
      learningRate: 1e-2,
      weightDecay: 1e-3,
      now,
      training: objective,
      heldOut: objective,
    });
  } finally {
    now.dispose();
    for (const tree of [trainable, memory.m, memory.v]) disposeTree(tree);
    for (const leaf of [offsets, image!, text!]) leaf.dispose();
  }
}

/** A context in which only losses can be asked for, with no tensors. */
export const lossesOnly = (losses: readonly number[], rest: Partial<WeightingContext> = {}): WeightingContext =>
  ({
    step: 0,
    epoch: 0,
    learningRate: 1e-2,
    ...rest,
    now: { losses: async () => losses } as unknown as LossPass,
  }) as WeightingContext;

/** G of gradients written down as numbers. */
export const gramOf = (gradients: readonly (readonly number[])[]): number[][] =>
  gradients.map((a) => gradients.map((b) => a.reduce((total, value, i) => total + value * b[i]!, 0)));

/** Σ_i w_i g_i. */
export const combine = (gradients: readonly (readonly number[])[], weights: readonly number[]): number[] =>
  gradients[0]!.map((_, i) => gradients.reduce((total, gradient, task) => total + weights[task]! * gradient[i]!, 0));

/** The points of the simplex over three tasks on a grid. */
export function* gridOverSimplex(steps: number): Generator<readonly [number, number, number]> {
  for (let a = 0; a <= steps; a++)
    for (let b = 0; a + b <= steps; b++) yield [a / steps, b / steps, (steps - a - b) / steps];
}

/** The largest difference of two lists of numbers. */
export const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
