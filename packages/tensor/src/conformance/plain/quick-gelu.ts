import { elementwise, type Plain, sumTo } from './plain.js';

const rate = 1.702;
const gate = (z: number) => 1 / (1 + Math.exp(-rate * z));

export const biasQuickGeluPlain = elementwise((x = 0, bias = 0) => (x + bias) * gate(x + bias));

export function biasQuickGeluGradients([x, bias]: readonly Plain[], dy: Plain): Plain[] {
  const dx = elementwise((slope = 0, value = 0, shift = 0) => {
    const z = value + shift;
    return slope * gate(z) * (1 + rate * z * (1 - gate(z)));
  })(dy, x as Plain, bias as Plain);
  return [dx, sumTo(dx, (bias as Plain).shape)];
}
