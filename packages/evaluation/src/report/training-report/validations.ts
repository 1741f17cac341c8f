import type { TrainingRecord, TrainingReportData } from './data.js';

/** A value at a step. */
export type StepValue = readonly [step: number, value: number];

/** A metric over the validations of a run. */
export interface MetricCurve {
  readonly metric: string;
  /** At least one. */
  readonly points: readonly StepValue[];
  readonly best: StepValue;
  readonly last: StepValue;
}

/** The finite values that a function finds in the records. */
export function collectPoints(
  records: readonly TrainingRecord[],
  pick: (record: TrainingRecord) => number | undefined,
): StepValue[] {
  return records.flatMap((record): StepValue[] => {
    const value = pick(record);
    // JSON has null where a number was not finite.
    return typeof value === 'number' && Number.isFinite(value) ? [[record.step, value]] : [];
  });
}

/** All metrics of a run that have a value, in the order in which they first appear. */
export function collectMetrics({ records, best = {} }: TrainingReportData): Map<string, MetricCurve> {
  const measured = records.filter(({ validation }) => validation !== undefined);
  const metrics = new Set(measured.flatMap(({ validation }) => Object.keys(validation!)));
  const curves = new Map<string, MetricCurve>();
  for (const metric of metrics) {
    const points = collectPoints(measured, ({ validation }) => validation![metric]);
    const last = points.at(-1);
    if (last === undefined) continue;
    const step = Object.hasOwn(best, metric) ? best[metric] : undefined;
    const stated = points.find(([at]) => at === step);
    curves.set(metric, { metric, points, best: stated ?? findBest(metric, points), last });
  }
  return curves;
}

/** Metrics of which less is better, besides `loss/<task>`. */
const errors: ReadonlySet<string> = new Set(['loss', 'eer', 'ece', 'brier', 'logLoss']);

/** Of losses and errors the lowest value, of anything else the highest; the earliest of equal ones. */
function findBest(metric: string, points: readonly StepValue[]): StepValue {
  const isError = errors.has(metric) || metric.startsWith('loss/');
  return points.reduce((a, b) => ((isError ? b[1] < a[1] : b[1] > a[1]) ? b : a));
}
