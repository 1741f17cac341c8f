import { type Batch, computeMarginals, InvalidOptionError, type LabelGraph } from '@sofd/core';
import { computeAuc } from '@sofd/evaluation';
import { computeTaskLossValues, type ExperimentOverrides, taskNames } from '@sofd/trainer';

type Metrics = Readonly<Record<string, number>>;

/** Every label that some rows have and others do not. */
function measureLabels(graph: LabelGraph, targets: Float32Array, marginals: Float64Array): Metrics {
  const width = graph.labels.length;
  const columnOf = (table: ArrayLike<number>, label: number): number[] =>
    Array.from({ length: table.length / width }, (_, row) => table[row * width + label]!);
  const measured = graph.labels.flatMap((name, label) => {
    const classes = columnOf(targets, label);
    if (!(classes.includes(0) && classes.includes(1))) return [];
    return [[`auc/${name}`, computeAuc(classes, columnOf(marginals, label))] as const];
  });
  return Object.fromEntries(measured);
}

/**
 * The metrics of a validation: `auc` of the primary label, `auc/<label>` of each that has both classes, `loss/<task>` where
 * the fidelity loss is what trains, and what the experiment file adds.
 *
 * @param options - label graph, the experiment's overrides, and the metric that must be among them
 */
export function createEvaluate({
  graph,
  overrides,
  monitor,
}: {
  readonly graph: LabelGraph;
  readonly overrides: ExperimentOverrides;
  readonly monitor: string;
}): (logits: Float32Array, set: Batch) => Promise<Metrics> {
  const primary = graph.labels[graph.levels.primary.start]!;
  return async (logits, set) => {
    const marginals = computeMarginals(graph, logits);
    const labels = measureLabels(graph, set.targets, marginals);
    const losses = overrides.loss === undefined ? computeTaskLossValues(graph, marginals, set.targets) : [];
    const metrics: Metrics = {
      auc: labels[`auc/${primary}`] ?? Number.NaN,
      ...labels,
      ...Object.fromEntries([...losses].map((loss, task) => [`loss/${taskNames[task]}`, loss])),
      ...(await overrides.evaluate?.(logits, set, graph)),
    };
    if (Number.isFinite(metrics[monitor])) return metrics;
    throw new InvalidOptionError(
      `train: expected the validation metric ${monitor} that the experiment monitors, got ${metrics[monitor] ?? 'none'}; monitor one of ${Object.keys(metrics).join(', ')}, or validate on people with both classes.`,
    );
  };
}
