import { div, exp, matMul, mul, type ParameterTree, rsqrt, square, sum, type Tensor } from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import { constant, type ParametersOf, type SpecTree } from '../parameters/parameter-spec.js';

const cosineSpecs = { logitScale: constant([], Math.log(1 / 0.07)) };

/** The parameters of the joint head: none in the `official` preset, a learned scale in `cosine`. */
export const headSpecs = (preset: ModelConfig['preset']): SpecTree => (preset === 'cosine' ? cosineSpecs : {});

/** Rows of length one. */
const normalizeRows = (x: Tensor): Tensor => mul(x, rsqrt(sum(square(x), -1, true)));

/**
 * The logits of all labels from joint embeddings.
 *
 * `official`: f_k = ⟨image, text_k⟩ / 10 on embeddings as they are.
 * `cosine`: f_k = exp(s) · ⟨image, text_k⟩ / (‖image‖ ‖text_k‖) with a learned s.
 *
 * @param config - a model; its `preset` chooses
 * @param head - `params.head`
 * @param embeddings - image [batch, embedDim] and text [labels, embedDim]
 * @returns [batch, labels]
 * @see method.md section 2
 */
export function jointHead(
  config: ModelConfig,
  head: ParameterTree,
  { image, text }: { readonly image: Tensor; readonly text: Tensor },
): Tensor {
  if (config.preset === 'official') return div(matMul(image, text, false, true), 10); // [batch, labels]
  const { logitScale } = head as ParametersOf<typeof cosineSpecs>;
  return mul(matMul(normalizeRows(image), normalizeRows(text), false, true), exp(logitScale)); // [batch, labels]
}
