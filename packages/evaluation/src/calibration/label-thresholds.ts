import type { LabelGraph } from '@sofd/core';
import { checkTable, columnOf, type LabelTable } from '../label-table.js';
import { sweepThresholds } from '../metrics/roc.js';

/** What {@link chooseLabelThresholds} needs: the graph, and targets and marginals of rows that training did not see. */
export interface LabelThresholdOptions extends LabelTable {
  readonly graph: LabelGraph;
}

/** A label that no row has: nothing shows when the model is right about it, so it is not claimed. */
const unseenThreshold = 1;

/** A label that every row has: nothing to tell it from. */
const constantThreshold = 0.5;

/**
 * One threshold per label, at the largest gap between found and false, $\arg\max_t \mathrm{TPR}(t) - \mathrm{FPR}(t)$ (Youden's J),
 * half way to the next lower score; 1 for a label that no row has, 0.5 for one that every row has.
 *
 * @param options - Graph, targets [rows, labels] and marginals [rows, labels].
 * @returns Threshold in [0, 1] by label, in node order.
 * @throws EvaluationError if the arrays do not fit the graph.
 * @example
 * ```ts
 * chooseLabelThresholds({ graph: faceForensics, targets, marginals }).nose; // for instance 0.41
 * ```
 */
export function chooseLabelThresholds({ graph, targets, marginals }: LabelThresholdOptions): Record<string, number> {
  checkTable({ targets, marginals }, { graph, where: 'chooseLabelThresholds' });
  const width = graph.labels.length;
  return Object.fromEntries(
    graph.labels.map((label, column) => [
      label,
      chooseByYouden(columnOf(targets, column, width), columnOf(marginals, column, width)),
    ]),
  );
}

function chooseByYouden(labels: Float64Array, probabilities: Float64Array): number {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0) return unseenThreshold;
  if (negatives === 0) return constantThreshold;
  const points = sweepThresholds(labels, probabilities);
  let best = 0;
  let bestGap = Number.NEGATIVE_INFINITY;
  points.forEach(({ truePositives, falsePositives }, index) => {
    const gap = truePositives / positives - falsePositives / negatives;
    if (gap > bestGap) {
      best = index;
      bestGap = gap;
    }
  });
  const threshold = points[best]!.threshold;
  const below = points[best + 1]?.threshold ?? 0;
  return (threshold + below) / 2;
}
