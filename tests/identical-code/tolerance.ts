import { rates } from './training-step.js';

/** Half the distance of 1 to the next float32: the largest relative error of one rounding. */
const roundoff = 2 ** -24;

/** The longest sum in the tiny model: a patch of 16 x 16 x 3 values times the patch projection. */
const longestSum = 768;

/**
 * Matrix products in a row from a pixel or a token to a loss: embedding, queries and keys, scores, values, output, two of the
 * MLP, projection, logits, states twice. The backward pass runs through each of them again, from the other side.
 */
const products = 11;

/** The largest of some 400 compared numbers lies 3 to 4 standard deviations out. */
const deviations = 4;

/**
 * Roundings of a sum of n terms are as often up as down: their sum grows with the root of n, and so does that of the products
 * in a row. Two engines differ by the root of two of what one errs.
 */
const spread = (rounds: number) => deviations * Math.SQRT2 * Math.sqrt(longestSum * rounds) * roundoff;

/** Largest relative difference of a loss between two engines: one pass forward. */
export const lossTolerance = spread(products);

/** Largest difference of a gradient between two engines, relative to the gradient's length: forward and back. */
export const gradientTolerance = spread(2 * products);

/** The same of the held-out gradient, which is taken at parameters that a gradient step of this engine led to. */
export const directionTolerance = spread(4 * products);

/** h = (L(θ + εd) - L(θ - εd)) / 2ε: both losses may be wrong, and ε, small, divides their error. */
export const differenceTolerance = (epsilon: number, loss: number): number =>
  (Math.SQRT2 * lossTolerance * loss) / (2 * epsilon);

/**
 * How far Adam's first step, rate g / (|g| + epsilon), can move when g moves by `error`. It rises steadily, so the ends decide.
 * Where |g| is no larger than its rounding error the step is, by Adam's design, anything between -rate and rate.
 */
export function stepTolerance(gradient: number, error: number, rate: number): number {
  const step = (g: number) => (rate * g) / (Math.abs(g) + rates.epsilon);
  const here = step(gradient);
  return Math.max(step(gradient + error) - here, here - step(gradient - error));
}

/**
 * Largest error of AdamW's own arithmetic for one parameter, given its means. WGSL allows 2.5 units in the last place for a
 * division, 4.5 for a square root; with three products, an addition and a subtraction that makes less than 16 units.
 */
export const updateTolerance = (parameter: number): number =>
  16 * 2 * roundoff * (Math.abs(parameter) + rates.learningRate);
