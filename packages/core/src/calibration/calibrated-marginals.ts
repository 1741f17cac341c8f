import { computeMarginals, computeStateProbabilities, type LabelGraph, type NumberList } from '../label-graph/index.js';
import type { Calibration } from '../schemas/index.js';

/** The logit at which float64 probabilities stop changing; keeps 0 times infinity out of a calibration. */
const largestLogit = 745;

/**
 * Calibrated marginals, row by row. The calibration acts on the logit of p(fake), `z' = scale z + bias`; every other label
 * needs the primary one in every legal state, so `p(label) = p(fake) p(label | fake)`, of which only the first factor is
 * calibrated. The order of the labels is thereby kept and none exceeds p(fake).
 *
 * @param graph - label graph
 * @param logits - [rows, labels], row-major
 * @param calibration - of a checkpoint's manifest
 * @returns [rows, labels], probabilities; column 0 is p(fake). With the identity calibration: {@link computeMarginals}
 * @throws {ShapeMismatchError} when the length is no multiple of the number of labels
 * @example
 * ```ts
 * computeCalibratedMarginals(faceForensics, new Float32Array(10), { kind: 'platt', scale: 1, bias: 0 })[0]; // 250/251
 * ```
 */
export function computeCalibratedMarginals(
  graph: LabelGraph,
  logits: NumberList,
  calibration: Calibration,
): Float64Array {
  const marginals = computeMarginals(graph, logits);
  if (calibration.kind === 'identity') return marginals;
  const width = graph.labels.length;
  const states = computeStateProbabilities(graph, logits);
  const stateCount = (states.length / marginals.length) * width;
  for (let row = 0; row * width < marginals.length; row++) {
    const fake = marginals[row * width]!;
    // State 0 is `real`: its probability keeps the digits that 1 - p(fake) loses where p(fake) is near 1.
    const real = states[row * stateCount]!;
    const logit = Math.min(largestLogit, Math.max(-largestLogit, Math.log(fake) - Math.log(real)));
    const calibrated = 1 / (1 + Math.exp(-(calibration.scale * logit + calibration.bias)));
    marginals[row * width] = calibrated;
    for (let column = 1; column < width; column++) {
      const index = row * width + column;
      marginals[index] = fake > 0 ? (marginals[index]! / fake) * calibrated : 0;
    }
  }
  return marginals;
}
