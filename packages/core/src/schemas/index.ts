export {
  type Calibration,
  type CheckpointManifest,
  checkpointManifestSchema,
  type WeightPrecision,
  weightPrecisions,
} from './checkpoint-manifest.js';
export { type DatasetRow, datasetRowSchema, type SplitName } from './dataset-row.js';
export {
  type MeasuredChange,
  type MeasuredLabels,
  type MeasuredQuantity,
  measuredLabelsSchema,
  measuredQuantities,
} from './measured-change.js';
