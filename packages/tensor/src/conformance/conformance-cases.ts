import { createComparison } from './comparison.js';
import type { ConformanceCase } from './conformance-case.js';
import { elementwiseCases } from './elementwise-cases.js';
import { layerCases } from './layer-cases.js';
import { productCases } from './product-cases.js';
import { reductionCases } from './reduction-cases.js';
import { shapeCases } from './shape-cases.js';
import { stemCases } from './stem-cases.js';
import { trainingCases } from './training-cases.js';

/**
 * What every engine must do right: each operation and layer against float64 arrays, each gradient against central
 * differences, training steps against loops, and no tensor left over.
 *
 * Free of test frameworks; runs on the active engine.
 *
 * @example
 * ```ts
 * import { useBackend } from '@sofd/tensor';
 * import { conformanceCases } from '@sofd/tensor/conformance';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * for (const { run } of conformanceCases) await run();
 * ```
 */
export const conformanceCases: readonly ConformanceCase[] = [
  ...[...elementwiseCases, ...shapeCases, ...reductionCases, ...productCases, ...layerCases, ...stemCases].map(
    createComparison,
  ),
  ...trainingCases,
];
