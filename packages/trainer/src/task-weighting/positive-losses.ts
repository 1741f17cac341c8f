import { fidelityEpsilon } from '../loss/fidelity-loss.js';

/**
 * The least value of the fidelity loss, that of a perfect prediction: 1 - √(1 + ε) - √ε, about -1e-4.
 *
 * √(a² + ε) + √((1 - a)² + ε) bounds the two roots of the loss and is convex in a, so it is largest at a = 0 and 1.
 */
const fidelityMinimum = 1 - Math.sqrt(1 + fidelityEpsilon) - Math.sqrt(fidelityEpsilon);

/** Added to what a loss is above its minimum; some ten times what float32 rounds a loss near zero by. */
const floor = 1e-6;

/**
 * How far losses are above the least value that they can take, for rules that divide by them or take their logarithm:
 * max(L - L_min, 0) + 1e-6.
 *
 * @param losses - L_i
 * @param minimum - L_min; that of the fidelity loss where left out
 * @returns numbers of 1e-6 at least
 */
export const toPositiveLosses = (losses: readonly number[], minimum = fidelityMinimum): number[] =>
  losses.map((loss) => Math.max(loss - minimum, 0) + floor);
