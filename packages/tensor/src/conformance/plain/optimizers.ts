/** What an optimizer keeps of one parameter, in float64. Changed in place. */
export interface PlainState {
  readonly param: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
  readonly ema: Float64Array;
}

/** One update of a parameter; `step` counts from 1. */
export type PlainRule = (
  state: PlainState,
  gradient: Float64Array,
  options: { readonly step: number; readonly learningRate?: number | undefined },
) => void;

/** The state before the first update; the average begins at the parameter. */
export const startPlain = (param: Float64Array): PlainState => ({
  param: param.slice(),
  m: new Float64Array(param.length),
  v: new Float64Array(param.length),
  ema: param.slice(),
});

interface AdamWRates {
  readonly learningRate: number;
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay?: number;
  readonly emaDecay?: number;
}

/** AdamW as its paper and PyTorch have it, element by element. */
export const plainAdamW =
  ({ betas: [beta1, beta2], epsilon, weightDecay = 0, emaDecay = 0, ...rates }: AdamWRates): PlainRule =>
  ({ param, m, v, ema }, gradient, { step, learningRate = rates.learningRate }) => {
    for (const [i, slope] of gradient.entries()) {
      const mean = beta1 * (m[i] as number) + (1 - beta1) * slope;
      const square = beta2 * (v[i] as number) + (1 - beta2) * slope * slope;
      const [correctedMean, correctedSquare] = [mean / (1 - beta1 ** step), square / (1 - beta2 ** step)];
      const decayed = (param[i] as number) * (1 - learningRate * weightDecay);
      const next = decayed - (learningRate * correctedMean) / (Math.sqrt(correctedSquare) + epsilon);
      m[i] = mean;
      v[i] = square;
      param[i] = next;
      ema[i] = emaDecay * (ema[i] as number) + (1 - emaDecay) * next;
    }
  };

/** Gradient descent with momentum and coupled decay, as in PyTorch. */
export const plainSgd =
  ({
    momentum = 0,
    weightDecay = 0,
    ...rates
  }: {
    learningRate: number;
    momentum?: number;
    weightDecay?: number;
  }): PlainRule =>
  ({ param, m }, gradient, { learningRate = rates.learningRate }) => {
    for (const [i, slope] of gradient.entries()) {
      const velocity = momentum * (m[i] as number) + slope + weightDecay * (param[i] as number);
      m[i] = velocity;
      param[i] = (param[i] as number) - learningRate * velocity;
    }
  };
