import { type Calibration, EvaluationError } from '@sofd/core';
import { checkScores } from '../metrics/check-scores.js';

/** Platt calibration on the logit of p(fake), as a checkpoint manifest stores it; its scale is positive. */
export type PlattCalibration = Extract<Calibration, { kind: 'platt' }>;

/** Options of {@link fitPlattCalibration}. */
export interface PlattOptions {
  /** Weight $\lambda$ of the pull towards scale 1 and bias 0, in units of rows; 0.001 by default. */
  readonly regularisation?: number;
}

/** Below this the calibration would flatten or reverse the order of the scores, which is not its business. */
const minScale = 0.01;
const maxIterations = 100;

/**
 * Fits p' = σ(scale · logit(p) + bias) to labels by Newton's method.
 *
 * $$\min_{a, b} \; -\sum_i t_i \ln \sigma(a z_i + b) + (1 - t_i) \ln (1 - \sigma(a z_i + b)) + \tfrac{\lambda}{2} \left( (a-1)^2 + b^2 \right)$$
 *
 * with $z = \operatorname{logit}(p)$ and Platt's soft targets $t = \frac{P+1}{P+2}$ for fakes, $\frac{1}{N+2}$ for reals. Soft targets keep
 * the optimum finite on separable data; the ridge keeps it unique when all scores are equal. Where the scores rank worse than
 * chance, scale stops at 0.01 and only the bias is fitted.
 *
 * @param labels - [rows], 0 (real) or 1 (fake); rows that training did not see.
 * @param probabilities - [rows], uncalibrated p(fake) in [0, 1].
 * @param options - Regularisation.
 * @returns The calibration, ready for a checkpoint manifest.
 * @throws EvaluationError if only one class is present, or the set is malformed.
 * @example
 * ```ts
 * const calibration = fitPlattCalibration([0, 0, 1, 1], [0.6, 0.7, 0.8, 0.9]);
 * applyCalibration(calibration, 0.7); // below 0.5
 * ```
 * @see Platt, Probabilistic Outputs for Support Vector Machines, 1999; Lin, Lin & Weng, A Note on Platt's Probabilistic Outputs, 2007.
 */
export function fitPlattCalibration(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { regularisation = 1e-3 }: PlattOptions = {},
): PlattCalibration {
  const where = 'fitPlattCalibration';
  const { positives, negatives } = checkScores(labels, probabilities, {
    where,
    probabilities: true,
    bothClasses: true,
  });
  if (!(regularisation > 0 && Number.isFinite(regularisation))) {
    throw new EvaluationError(
      `${where}: expected a positive regularisation, got ${regularisation}; 0.001 is the default`,
    );
  }
  const problem: Problem = {
    logits: Float64Array.from(probabilities, computeLogit),
    targets: Float64Array.from(labels, (label) =>
      label === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2),
    ),
    regularisation,
  };
  const free = minimise(problem, { scale: 1, bias: 0 }, { fixScale: false });
  const { scale, bias } =
    free.scale >= minScale ? free : minimise(problem, { scale: minScale, bias: 0 }, { fixScale: true });
  return { kind: 'platt', scale, bias };
}

/**
 * Calibrated p(fake): $\sigma(a \operatorname{logit}(p) + b)$; the identity leaves p as it is.
 *
 * @param calibration - From {@link fitPlattCalibration} or a checkpoint manifest.
 * @param probability - In [0, 1]; 0 and 1 are moved inside by one float64 epsilon first.
 * @returns A probability in [0, 1].
 * @throws EvaluationError if the value is no probability.
 * @example
 * ```ts
 * applyCalibration({ kind: 'platt', scale: 2, bias: 0 }, 0.5); // 0.5
 * ```
 */
export function applyCalibration(calibration: Calibration, probability: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new EvaluationError(
      `applyCalibration: expected a probability in [0, 1], got ${probability}; pass a marginal, not a logit`,
    );
  }
  if (calibration.kind === 'identity') return probability;
  return sigmoid(calibration.scale * computeLogit(probability) + calibration.bias);
}

interface Problem {
  readonly logits: Float64Array;
  readonly targets: Float64Array;
  readonly regularisation: number;
}

interface Line {
  readonly scale: number;
  readonly bias: number;
}

function minimise(problem: Problem, start: Line, { fixScale }: { readonly fixScale: boolean }): Line {
  let line = start;
  let loss = computeLoss(problem, line);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const step = computeNewtonStep(problem, line, fixScale);
    let size = 1;
    let next = moveAlong(line, step, size);
    let nextLoss = computeLoss(problem, next);
    // The loss is strictly convex, so halving a Newton step always ends below it unless the optimum is reached.
    while (nextLoss >= loss && size > 1e-12) {
      size /= 2;
      next = moveAlong(line, step, size);
      nextLoss = computeLoss(problem, next);
    }
    if (nextLoss >= loss) break;
    line = next;
    loss = nextLoss;
  }
  return line;
}

function moveAlong(line: Line, step: Line, size: number): Line {
  return { scale: line.scale + size * step.scale, bias: line.bias + size * step.bias };
}

function computeLoss({ logits, targets, regularisation }: Problem, { scale, bias }: Line): number {
  let loss = 0.5 * regularisation * ((scale - 1) ** 2 + bias ** 2);
  for (let row = 0; row < logits.length; row++) {
    const x = scale * logits[row]! + bias;
    // -t ln σ(x) - (1-t) ln(1-σ(x)), without overflow.
    loss += Math.max(x, 0) - targets[row]! * x + Math.log1p(Math.exp(-Math.abs(x)));
  }
  return loss;
}

function computeNewtonStep(
  { logits, targets, regularisation }: Problem,
  { scale, bias }: Line,
  fixScale: boolean,
): Line {
  let gradientScale = regularisation * (scale - 1);
  let gradientBias = regularisation * bias;
  let curvatureScale = regularisation;
  let curvatureBias = regularisation;
  let curvatureBoth = 0;
  for (let row = 0; row < logits.length; row++) {
    const z = logits[row]!;
    const p = sigmoid(scale * z + bias);
    const residual = p - targets[row]!;
    const weight = p * (1 - p);
    gradientScale += residual * z;
    gradientBias += residual;
    curvatureScale += weight * z * z;
    curvatureBias += weight;
    curvatureBoth += weight * z;
  }
  if (fixScale) return { scale: 0, bias: -gradientBias / curvatureBias };
  const determinant = curvatureScale * curvatureBias - curvatureBoth * curvatureBoth;
  return {
    scale: -(curvatureBias * gradientScale - curvatureBoth * gradientBias) / determinant,
    bias: -(curvatureScale * gradientBias - curvatureBoth * gradientScale) / determinant,
  };
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

function computeLogit(probability: number): number {
  const inside = Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
  return Math.log(inside) - Math.log1p(-inside);
}
