export {
  type Calibration,
  type CheckpointManifest,
  checkpointManifestSchema,
  type WeightPrecision,
  weightPrecisions,
} from './checkpoint-manifest.js';
export { type DatasetRow, datasetRowSchema, type SplitName } from './dataset-row.js';
