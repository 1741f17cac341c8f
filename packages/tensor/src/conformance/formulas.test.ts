import { describe, expect, test } from 'vitest';
import { createInputs, createWeights, differentiate } from './comparison.js';
import { comparisons } from './conformance-cases.js';

/** The small ones, away from the limits, where a step of central differences is not small against what it moves. */
const withFormula = comparisons.filter(
  ({ name, inputs, plainGradients }) =>
    plainGradients &&
    !name.startsWith('limits') &&
    inputs.every(({ shape }) => shape.reduce((product, extent) => product * extent, 1) <= 64),
);

describe('the gradients that are written as formulas equal central differences', () => {
  test.each(withFormula)('$name', (comparison) => {
    const inputs = createInputs(comparison);
    const dy = createWeights(comparison.onPlain(...inputs).shape);
    const formulas = comparison.plainGradients!(inputs, dy);
    for (const [i, { data }] of differentiate(comparison, inputs, dy).entries()) {
      const formula = formulas[i]!;
      expect(formula.shape).toEqual(inputs[i]!.shape);
      const largest = data.reduce((top, value) => Math.max(top, Math.abs(value)), 1);
      const furthest = data.reduce((top, value, place) => Math.max(top, Math.abs(value - formula.data[place]!)), 0);
      // The step of 1e-5 errs by a third of its square times a third derivative, of 1 / sqrt(variance) cubed at most: some 1e-8.
      expect(furthest / largest).toBeLessThan(1e-7);
    }
  });
});
