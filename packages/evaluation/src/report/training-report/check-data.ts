import { EvaluationError } from '@sofd/core';
import type { TrainingReportData } from './data.js';

/** Refuses records of other tasks and records out of order. */
export function checkTrainingReport({ records, tasks, best = {} }: TrainingReportData): void {
  let before = Number.NEGATIVE_INFINITY;
  for (const { step, losses, taskWeights } of records) {
    if (!(step > before)) {
      throw new EvaluationError(
        `renderTrainingReport: expected records with ascending steps, got step ${step} after ${before}; give the records of one run, each step once.`,
      );
    }
    before = step;
    for (const [what, values] of Object.entries({ losses, taskWeights })) {
      const missing = tasks.find((task) => !Object.hasOwn(values, task));
      if (missing === undefined) continue;
      throw new EvaluationError(
        `renderTrainingReport: expected ${what} of ${tasks.join(', ')} at step ${step}, got none of ${missing}; name the tasks as the records do.`,
      );
    }
  }
  const measured = new Map(records.map(({ step, validation }) => [step, validation]));
  for (const [metric, step] of Object.entries(best)) {
    if (Number.isFinite(measured.get(step)?.[metric])) continue;
    throw new EvaluationError(
      `renderTrainingReport: expected a validation with ${metric} at its best step ${step}, got none; give a step that has it, or none.`,
    );
  }
}
