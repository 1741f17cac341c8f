import { computeLegalStates, type LabelGraph } from '@sofd/core';
import { add, div, matMul, softmax, type Tensor, tensorFrom, tidy } from '@sofd/tensor';

/** Marginals, and what is left of them to one. */
export interface MarginalPair {
  /** p_k, [batch, labels] */
  readonly marginals: Tensor;
  /** 1 - p_k, [batch, labels], to full relative precision also where p_k is almost one */
  readonly complements: Tensor;
}

/**
 * Marginals of the labels and their complements in float32 on the device.
 *
 * Both are sums of state probabilities. 1 - p would lose all digits of a complement below 6e-8, and the loss, which takes
 * its square root, would be off by 1e-4 there.
 *
 * @param graph - the label graph
 * @param logits - [batch, labels], float32
 * @returns two tensors [batch, labels], at least 0 and at most 1 but for rounding, differentiable
 * @see method.md section 3
 */
export function computeMarginalPairOnDevice(graph: LabelGraph, logits: Tensor): MarginalPair {
  const { states, count, size } = computeLegalStates(graph);
  const [marginals, complements] = tidy(() => {
    const table = tensorFrom(Float32Array.from(states), [count, size]); // [states, labels]
    const flipped = tensorFrom(
      Float32Array.from(states, (bit) => 1 - bit),
      [count, size],
    );
    const probabilities = softmax(matMul(logits, table, false, true)); // [batch, states]
    return [table, flipped].map((bits) => matMul(probabilities, bits)); // [batch, labels] each
  }) as [Tensor, Tensor];
  return { marginals, complements };
}

/**
 * Marginals of the labels in float32 on the device, for where a gradient has to flow; `computeMarginals` of
 * `@sofd/core` is the float64 version.
 *
 * p(y|x) = exp(Σ_k y_k f_k) / Z over the legal states y; p_k = Σ p(y|x) over the states with y_k = 1.
 *
 * @param graph - the label graph
 * @param logits - [batch, labels], float32
 * @returns [batch, labels], 0 to 1, differentiable
 * @see method.md section 3
 */
export function computeMarginalsOnDevice(graph: LabelGraph, logits: Tensor): Tensor {
  return tidy(() => {
    const { marginals, complements } = computeMarginalPairOnDevice(graph, logits);
    // Never above one, which a float32 sum may be by rounding. Clipping would turn NaN into 0 on wasm and hide it.
    return div(marginals, add(marginals, complements));
  });
}
