import { activationCases, embeddingCases } from './cases/activations.js';
import { attentionCases } from './cases/attention.js';
import { convolutionChainCases } from './cases/convolution-chains.js';
import { creationCases, ownershipCases } from './cases/creation.js';
import { determinismCases } from './cases/determinism.js';
import { donationCases } from './cases/donation.js';
import { elementwiseCases } from './cases/elementwise.js';
import { emptyCases } from './cases/empty.js';
import { frozenCases } from './cases/frozen.js';
import { limitCases, subnormalCase } from './cases/limits.js';
import { linearCases } from './cases/linear.js';
import { optimizerCases } from './cases/optimizers.js';
import { productCases } from './cases/products.js';
import { reductionCases } from './cases/reductions.js';
import { shapeCases } from './cases/shapes.js';
import { stemCases } from './cases/stem.js';
import { trainingCases } from './cases/training.js';
import { type Comparison, createComparison } from './comparison.js';
import type { ConformanceCase } from './conformance-case.js';

/** Every function that is written once for the engine and once in plain arrays. */
export const comparisons: readonly Comparison[] = [
  ...creationCases,
  ...elementwiseCases,
  ...shapeCases,
  ...reductionCases,
  ...productCases,
  ...linearCases,
  ...attentionCases,
  ...activationCases,
  ...embeddingCases,
  ...stemCases,
  ...convolutionChainCases,
  ...emptyCases,
  ...limitCases,
];

/**
 * What every engine must do right: each operation, layer and fused kernel against float64 arrays, values and gradients; the
 * limits of float32; training steps against loops; equal bits for equal input; and nothing left over.
 *
 * Free of test frameworks; runs on the active engine. While one kernel is written, its cases alone are quick:
 *
 * @example
 * ```ts
 * import { useBackend } from '@sofd/tensor';
 * import { conformanceCases } from '@sofd/tensor/conformance';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * for (const { name, run } of conformanceCases) {
 *   if (name.startsWith('layerNorm')) await run();
 * }
 * ```
 */
export const conformanceCases: readonly ConformanceCase[] = [
  ...comparisons.map(createComparison),
  subnormalCase,
  ...ownershipCases,
  ...optimizerCases,
  ...donationCases,
  ...frozenCases,
  ...trainingCases,
  ...determinismCases,
];
