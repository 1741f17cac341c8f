import type { StepNumbers, TrainingTask } from './training-task.js';

/**
 * What rounding explains of a loss. An embedding errs by 1.6e-5 of its size (see `compareAnswers`), so that a logit, a sum over
 * the products of two of them, errs by sqrt(2) 1.6e-5 = 2.3e-5 of the logits' root mean square, which is below 1/2 in these
 * models. A mean of fidelity losses changes by at most 0.2 of what a logit does: 2.3e-6, and four deviations are 1e-5.
 */
const lossTolerance = 1e-5;

/**
 * A norm is a sum of squares in float32, of up to 25 million. Where few lanes add them up, what is below half a unit in the last
 * place of the sum so far is lost: of a ViT-B/32's gradient, one sum after another in PyTorch's lanes loses 1.3e-5, ours 2.5e-4, and one
 * sum over all parameters in PyTorch 6e-3.
 */
const normTolerance = 1e-3;

/** Adam's, and that of a float32 near one. */
const [adamEpsilon, weightRounding] = [1e-8, 1.2e-7];

/** Numbers that differ by more than rounding explains. */
export interface StepDifference {
  readonly what: string;
  readonly step: number;
  readonly difference: number;
  readonly tolerance: number;
}

/** The steps of two contenders, held together. */
export interface StepComparison {
  /** The largest difference of a kind, and what it may be. */
  readonly largest: readonly StepDifference[];
  /** Whether both did the same work. */
  readonly equal: boolean;
}

const lossNames = ['losses', 'heldOutLosses', 'lossesPlus', 'lossesMinus'] as const;

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) : Number.POSITIVE_INFINITY;

/** Where the parameters are moved by e d, norms that differ change the way to there, and the loss by up to twice that part of its change. */
function toleranceOf(name: (typeof lossNames)[number], step: StepNumbers, normDifference: number): number {
  if (name === 'losses' || name === 'heldOutLosses') return lossTolerance;
  return lossTolerance + 2 * normDifference * largestDifference(step[name] ?? [], step.losses);
}

/**
 * How far a task weight may be off after one more step. Its gradient is -a h with h = (L+ - L-) / 2e, e = 0.01 / |d|, so that losses
 * that err by t move it by a t / e. A step of Adam is r m / (sqrt(v) + 1e-8) with means m and v of the gradients, which the
 * error of a gradient g changes by at most 2 r / (|g| + 1e-8) of it; and by 2 r in any case. Norms that differ by a part
 * n change e by that part, and g by at most twice that part.
 */
function weightTolerance(
  { lossesPlus = [], lossesMinus = [], norm = 0 }: StepNumbers,
  normDifference: number,
  { learningRate, taskWeights }: TrainingTask['rates'],
): number {
  const epsilon = 0.01 / (norm + 1e-6);
  const gradients = lossesPlus.map((plus, task) => (learningRate * (plus - lossesMinus[task]!)) / (2 * epsilon));
  const least = Math.min(...gradients.map(Math.abs));
  const error = (learningRate * lossTolerance) / epsilon;
  return 2 * taskWeights * Math.min(1, error / (least + adamEpsilon) + 2 * normDifference);
}

/**
 * Compares the first steps of a contender with those of another. All numbers of a step are compared that both have; from the second
 * step on the losses tell whether the parameters were updated alike.
 *
 * @param steps - of the one
 * @param expected - of the other
 * @param rates - of the training
 */
export function compareSteps(
  steps: readonly StepNumbers[],
  expected: readonly StepNumbers[],
  rates: TrainingTask['rates'],
): StepComparison {
  const all: StepDifference[] = [];
  let weightError = weightRounding;
  for (const [index, theirs] of expected.entries()) {
    const ours = steps[index];
    const note = (what: string, difference: number, tolerance: number) =>
      all.push({ what, step: index + 1, difference, tolerance });
    const normDifference =
      theirs.norm === undefined ? 0 : Math.abs((ours?.norm ?? Number.NaN) - theirs.norm) / theirs.norm;
    for (const name of lossNames)
      if (theirs[name])
        note(name, largestDifference(ours?.[name] ?? [], theirs[name]), toleranceOf(name, theirs, normDifference));
    if (theirs.norm !== undefined) note('norm', normDifference, normTolerance);
    if (theirs.lossesPlus) weightError += weightTolerance(theirs, normDifference, rates);
    note('taskWeights', largestDifference(ours?.taskWeights ?? [], theirs.taskWeights), weightError);
  }
  const equal = all.length > 0 && all.every(({ difference, tolerance }) => difference <= tolerance);
  const used = ({ difference, tolerance }: StepDifference) =>
    Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / tolerance;
  const largest = [...new Set(all.map(({ what }) => what))].map((kind) =>
    all.filter(({ what }) => what === kind).reduce((most, one) => (used(one) > used(most) ? one : most)),
  );
  return { largest, equal };
}
