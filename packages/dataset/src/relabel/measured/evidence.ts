import { type MeasuredQuantity, measuredQuantities } from '@sofd/core';
import * as v from 'valibot';

/** Which quantities speak for a label: any of them is enough. Labels that are not named are not measured. */
export type EvidenceTable = Readonly<Record<string, readonly MeasuredQuantity[]>>;

/** Checks an evidence table. */
export const evidenceTableSchema: v.GenericSchema<unknown, EvidenceTable> = v.record(
  v.string(),
  v.pipe(v.array(v.picklist(measuredQuantities)), v.nonEmpty()),
);

const regions: EvidenceTable = {
  eye: ['eyeDifference'],
  eyebrow: ['eyebrowDifference'],
  lip: ['lipDifference'],
  mouth: ['mouthDifference'],
  nose: ['noseDifference'],
  skin: ['skinDifference'],
};

/**
 * Evidence for the published graphs, and for every graph that names its labels as they do.
 *
 * `fake` is not among them: it would be supported where any label is, and so more often by chance than the calibration says.
 * Neither is `physical inconsistency`: that parts of a face contradict each other is not a difference of two images.
 */
export const defaultEvidence: EvidenceTable = {
  age: ['age'],
  expression: ['expression', 'lipShift', 'browShift'],
  gender: ['gender'],
  identity: ['identity'],
  pose: ['yaw', 'pitch', 'roll'],
  ...regions,
};
