import type { FlatParameters } from '@sofd/model';
import { add, clone, mapTree, readTensor, type Tensor, tensorFrom, tidy } from '@sofd/tensor';
import { type Vjp, vjp } from '@sofd/tensor/training';

/** The losses of all tasks as a function of the parameters that train; the batch is fixed. Returns [tasks]. */
export type TaskLossFunction = (trainable: FlatParameters) => Tensor;

/** The task losses at one point: their values, and the gradient of any weighted sum of them. */
export interface LossPass {
  /** L_i, one a task. */
  losses(): Promise<readonly number[]>;
  /** ∇ Σ_i w_i L_i, a pass back; the caller disposes of it. */
  gradients(weights: readonly number[]): FlatParameters;
  /** Frees what was kept for the ways back. */
  dispose(): void;
}

/** The task losses of one batch, wherever they are asked for. */
export interface TaskObjective {
  /** L_i at these parameters, a pass forward. */
  losses(trainable: FlatParameters): Promise<readonly number[]>;
  /** L_i at these parameters, a pass forward whose activations serve every gradient that is asked for. */
  at(trainable: FlatParameters): LossPass;
}

async function readNumbers(values: Tensor): Promise<readonly number[]> {
  const numbers = [...(await readTensor(values))];
  values.dispose();
  return numbers;
}

function pullBack(pass: Vjp<FlatParameters>, weights: readonly number[]): FlatParameters {
  const cotangent = tensorFrom(Float32Array.from(weights), [weights.length]);
  const gradients = pass.pullback(cotangent);
  cotangent.dispose();
  return gradients;
}

/** One batch: its activations are kept, so that each gradient costs a pass back only. */
function passOverBatch(losses: TaskLossFunction, trainable: FlatParameters): LossPass {
  const pass = vjp(losses, trainable);
  let seen: Promise<readonly number[]> | undefined;
  return {
    losses() {
      seen ??= readTensor(pass.value).then((numbers) => [...numbers]);
      return seen;
    },
    gradients: (weights) => pullBack(pass, weights),
    dispose: () => pass.dispose(),
  };
}

/** Adds up trees of equal structure leaf by leaf, and disposes of each as it goes: they are as large as the model. */
function addTrees(sum: FlatParameters | undefined, next: FlatParameters): FlatParameters {
  if (sum === undefined) return next;
  return mapTree(sum, (leaf, name) => {
    const total = add(leaf, next[name]!);
    leaf.dispose();
    next[name]!.dispose();
    return total;
  });
}

/** Several batches in turn, as if they were one: at no time are the activations of two of them in memory. */
function passOverParts(parts: readonly TaskLossFunction[], trainable: FlatParameters): LossPass {
  let seen: Promise<readonly number[]> | undefined;
  return {
    losses() {
      seen ??= averageLosses(parts, trainable);
      return seen;
    },
    gradients(weights) {
      const shares = weights.map((weight) => weight / parts.length);
      const values: Tensor[] = [];
      let sum: FlatParameters | undefined;
      for (const losses of parts) {
        const pass = vjp(losses, trainable);
        values.push(clone(pass.value));
        const gradients = pullBack(pass, shares);
        pass.dispose();
        sum = addTrees(sum, gradients);
      }
      const read = averageOf(values.map(readNumbers));
      seen ??= read;
      return sum!;
    },
    dispose: () => undefined,
  };
}

async function averageOf(parts: readonly Promise<readonly number[]>[]): Promise<readonly number[]> {
  const all = await Promise.all(parts);
  return all[0]!.map((_, task) => all.reduce((sum, losses) => sum + losses[task]!, 0) / all.length);
}

const averageLosses = (parts: readonly TaskLossFunction[], trainable: FlatParameters) =>
  averageOf(parts.map((losses) => readNumbers(tidy(() => losses(trainable)))));

/**
 * The objective of a batch that comes in one or several parts of equal size. Losses are means over rows, so that their
 * mean over the parts is that of the whole, and so is the gradient: this is gradient accumulation.
 *
 * @param parts - the task losses of each part
 */
export function createObjective(parts: readonly TaskLossFunction[]): TaskObjective {
  return {
    losses: (trainable) => averageLosses(parts, trainable),
    at: (trainable) => (parts.length === 1 ? passOverBatch(parts[0]!, trainable) : passOverParts(parts, trainable)),
  };
}
