export { type Calibration, type CheckpointManifest, checkpointManifestSchema } from './checkpoint-manifest.js';
export { type DatasetRow, datasetRowSchema, type SplitName } from './dataset-row.js';
