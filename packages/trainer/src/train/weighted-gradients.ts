import type { FlatParameters } from '@sofd/model';
import { matMul, readTensor, reshape, slice, stack, type Tensor, tensorFrom } from '@sofd/tensor';
import { valueAndGradients } from '@sofd/tensor/training';
import type { TaskLossFunction } from '../task-weighting/task-weighting.js';

/** A weighted sum of task losses, differentiated. */
export interface WeightedGradients {
  /** ∇ Σ_i w_i L_i; the caller disposes of it. */
  readonly gradients: FlatParameters;
  /** The sum and then every loss, [1 + tasks]; {@link readLosses} disposes of it. */
  readonly values: Tensor;
}

/**
 * The gradient of Σ_i w_i L_i and the losses themselves, in one pass forward and one back.
 *
 * @param losses - the task losses
 * @param trainable - where to differentiate
 * @param weights - w, one a task
 */
export function weightedGradients(
  losses: TaskLossFunction,
  trainable: FlatParameters,
  weights: readonly number[],
): WeightedGradients {
  const tasks = weights.length;
  const { values, gradients } = valueAndGradients((params) => {
    const perTask = losses(params); // [tasks]
    const column = tensorFrom(Float32Array.from(weights), [tasks, 1]);
    const total = reshape(matMul(reshape(perTask, [1, tasks]), column), []);
    return [total, ...weights.map((_, task) => reshape(slice(perTask, [task], [1]), []))];
  }, trainable);
  const stacked = stack([...values]); // [1 + tasks]
  for (const value of values) value.dispose();
  return { gradients, values: stacked };
}

/** Reads the weighted sum and the losses from the device, and disposes of them there. */
export async function readLosses({ values }: WeightedGradients): Promise<{
  readonly total: number;
  readonly losses: readonly number[];
}> {
  const [total, ...losses] = await readTensor(values);
  values.dispose();
  return { total: total!, losses };
}
