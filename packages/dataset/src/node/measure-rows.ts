import type { DatasetRow, MeasuredChange } from '@sofd/core';
import { calibrateChange } from '../relabel/measured/calibrate-change.js';
import { decideChange } from '../relabel/measured/decide-change.js';
import { measureAgreement } from '../relabel/measured/measure-agreement.js';
import type { MeasurementInfo } from './dataset-info.js';
import { type ExpandRecipe, resolveLabels } from './expand-recipe.js';
import type { MeasureJob } from './jobs/expand-job.js';
import type { MeasuredImages } from './jobs/measure-images.js';
import { requireResult } from './work-folder.js';

/** Where the measurements are. */
interface MeasureParts {
  readonly work: string;
  readonly recipe: ExpandRecipe;
  readonly jobs: readonly MeasureJob[];
}

/**
 * Records beside each row's nominal label what was measured.
 *
 * Thresholds come from the data set itself: from real faces that were only resampled and compressed, and from the rows that were
 * made of a face and are real by rule, as `blend-only`.
 *
 * @returns rows in the same order, and the thresholds with the agreement of the two labels; `null` where nothing was measured
 */
export async function measureRows(
  rows: readonly DatasetRow[],
  { work, recipe, jobs }: MeasureParts,
): Promise<{ readonly rows: readonly DatasetRow[]; readonly measurement: MeasurementInfo | null }> {
  if (recipe.measure === null) return { rows, measurement: null };
  const { quantile, evidence } = recipe.measure;
  const changes = new Map<string, MeasuredChange>();
  const controls: MeasuredChange[] = [];
  for (const { key } of jobs) {
    const measured = await requireResult<MeasuredImages>(work, key);
    for (const [id, change] of Object.entries(measured.changes)) changes.set(id, change);
    controls.push(measured.control);
  }
  for (const { id, label } of rows) {
    const change = changes.get(id);
    if (label === 'real' && change !== undefined) controls.push(change);
  }
  const calibration = calibrateChange(controls, { quantile });
  const { graph } = resolveLabels(recipe);
  const measuredRows = rows.map((row) => {
    const change = changes.get(row.id);
    return change === undefined ? row : { ...row, measured: decideChange(change, calibration, { graph, evidence }) };
  });
  const agreement = measureAgreement(measuredRows, { labels: graph.labels, evidence });
  return { rows: measuredRows, measurement: { ...calibration, evidence, agreement } };
}
