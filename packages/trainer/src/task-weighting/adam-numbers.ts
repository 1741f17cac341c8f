/** What Adam remembers of a few numbers. */
export interface AdamNumbers {
  readonly values: readonly number[];
  readonly step: number;
  /** Running mean of the gradient. */
  readonly m: readonly number[];
  /** Running mean of the squared gradient. */
  readonly v: readonly number[];
}

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** Numbers before Adam's first step. */
export const startAdam = (values: readonly number[]): AdamNumbers => ({
  values,
  step: 0,
  m: values.map(() => 0),
  v: values.map(() => 0),
});

/**
 * One step of Adam on plain numbers, in float64: bias-corrected, ε outside of the root.
 *
 * @param state - where it stands
 * @param gradient - one number a value
 * @param learningRate - the length of a step
 */
export function stepAdam(state: AdamNumbers, gradient: readonly number[], learningRate: number): AdamNumbers {
  const step = state.step + 1;
  const m = state.m.map((mean, i) => beta1 * mean + (1 - beta1) * gradient[i]!);
  const v = state.v.map((mean, i) => beta2 * mean + (1 - beta2) * gradient[i]! ** 2);
  const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
  const values = state.values.map(
    (value, i) =>
      value - ((learningRate / correction1) * m[i]!) / (Math.sqrt(v[i]!) / Math.sqrt(correction2) + epsilon),
  );
  return { values, step, m, v };
}
