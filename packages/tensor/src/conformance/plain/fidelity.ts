import { elementwise, type Plain } from './plain.js';

/** $1 - \sqrt{p g + \epsilon} - \sqrt{c\,(1 - g) + \epsilon}$ of marginals, complements and targets. */
export const fidelityPlain = (epsilon: number) =>
  elementwise((p = 0, c = 0, g = 0) => 1 - Math.sqrt(p * g + epsilon) - Math.sqrt(c * (1 - g) + epsilon));

/** The gradients of marginals and complements. */
export const fidelityGradients =
  (epsilon: number) =>
  ([marginals, complements, targets]: readonly Plain[], dy: Plain): Plain[] => {
    const slopes = elementwise((weight = 0, p = 0, g = 0) => (-weight * g) / (2 * Math.sqrt(p * g + epsilon)));
    const others = elementwise((g = 0) => 1 - g)(targets as Plain);
    return [slopes(dy, marginals as Plain, targets as Plain), slopes(dy, complements as Plain, others)];
  };
