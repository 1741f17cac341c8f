import {
  type AutoLambdaState,
  autoLambda,
  finiteDifference,
  type Hypergradient,
  type HypergradientInput,
  type LookAhead,
  sgdLookAhead,
  type TaskObjective,
  type TaskWeighting,
} from '@sofd/trainer';
import type { StepNumbers } from './training-task.js';

/** Who is told of a step. */
export interface Watch {
  /** A part of the step is done. */
  mark(name: string): void;
  /** The numbers of the outer step. */
  note(numbers: Partial<StepNumbers>): void;
}

function watchedLookAhead({ mark }: Watch): LookAhead {
  const inner = sgdLookAhead();
  return {
    ...inner,
    step(input) {
      mark('backward');
      const step = inner.step(input);
      mark('step ahead');
      return {
        ...step,
        precondition(direction) {
          mark('held-out forward and backward');
          return step.precondition(direction);
        },
      };
    },
  };
}

/** Tells the passes forward of the finite difference from the moving of parameters before them. */
const watchedObjective = (objective: TaskObjective, { mark }: Watch): TaskObjective => ({
  ...objective,
  async losses(trainable) {
    mark('move for the finite difference');
    const losses = await objective.losses(trainable);
    mark('forward for the finite difference');
    return losses;
  },
});

function watchedFiniteDifference(watch: Watch): Hypergradient {
  const inner = finiteDifference();
  return {
    ...inner,
    async compute(input: HypergradientInput) {
      watch.mark('batches and forward');
      const result = await inner.compute({ ...input, training: watchedObjective(input.training, watch) });
      watch.mark('move for the finite difference');
      const { heldOutLosses, lossesPlus, lossesMinus, norm } = result;
      watch.note({ heldOutLosses, lossesPlus, lossesMinus, norm });
      return result;
    },
  };
}

/** Auto-λ as published, that says when its parts are done and what it found. It computes nothing of its own. */
export function watchedAutoLambda(
  options: { readonly learningRate: number },
  watch: Watch,
): TaskWeighting<AutoLambdaState> {
  return autoLambda({
    ...options,
    hypergradient: watchedFiniteDifference(watch),
    lookAhead: watchedLookAhead(watch),
  });
}
