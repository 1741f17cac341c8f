import { elementwise, type Plain, sumTo } from './plain.js';
import { meanOf, reducePlain } from './reduce.js';

/** x at mean 0 and variance 1 in its last dimension, and the reciprocal of what it was divided by. */
function normalise(x: Plain, epsilon: number): { normal: Plain; rate: Plain } {
  const last = x.shape.length - 1;
  const mean = reducePlain(x, last, meanOf);
  const rate = reducePlain(x, last, (values) => {
    const centre = meanOf(values);
    return 1 / Math.sqrt(meanOf(values.map((value) => (value - centre) ** 2)) + epsilon);
  });
  return { normal: elementwise((value = 0, m = 0, r = 0) => (value - m) * r)(x, mean, rate), rate };
}

export const layerNormPlain =
  (epsilon: number) =>
  (x: Plain, gain: Plain, bias: Plain): Plain =>
    elementwise((value = 0, g = 0, b = 0) => value * g + b)(normalise(x, epsilon).normal, gain, bias);

/** The gradients of x, gain and bias: $dx = r\,(h - \overline{h} - n\,\overline{h n})$ with $h = dy\,g$ and the normalised n. */
export const layerNormGradients =
  (epsilon: number) =>
  ([x, gain, bias]: readonly Plain[], dy: Plain): Plain[] => {
    const { normal, rate } = normalise(x as Plain, epsilon);
    const last = normal.shape.length - 1;
    const product = elementwise((a = 0, b = 0) => a * b);
    const scaled = product(dy, gain as Plain);
    const dx = elementwise((h = 0, n = 0, r = 0, mean = 0, along = 0) => r * (h - mean - n * along))(
      scaled,
      normal,
      rate,
      reducePlain(scaled, last, meanOf),
      reducePlain(product(scaled, normal), last, meanOf),
    );
    return [dx, sumTo(product(dy, normal), (gain as Plain).shape), sumTo(dy, (bias as Plain).shape)];
  };
