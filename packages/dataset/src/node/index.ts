/**
 * Data sets in folders: expansion of photographs, the store, batches.
 *
 * @packageDocumentation
 */
export { type AugmentationName, augmentationNames } from '../batches/augmentation.js';
export { type BatchSourceOptions, createBatchSource, type DatasetBatchSource } from '../batches/create-batch-source.js';
export type { Normalisation } from '../batches/fill-batch.js';
export type { BatchImage, ImageLoader } from '../batches/image-loader.js';
export { type LoadedSplit, loadSplit } from '../batches/load-split.js';
export { contactSheetFile, type DatasetInfo } from './dataset-info.js';
export { type ContactSheetEntry, describeMode, drawContactSheet } from './draw-contact-sheet.js';
export { type ExpansionSummary, expandFolder } from './expand-folder.js';
export type { ExpandOptions } from './expand-options.js';
export { readFileTree } from './file-tree.js';
export {
  describeJob,
  type ExpandJob,
  type FaceReference,
  type FindJob,
  type JobItem,
  type MakeJob,
  type PlannedImage,
} from './jobs/expand-job.js';
export type { SkipCause, SkippedItem } from './jobs/found-face.js';
export type { JobRunner, RunOptions } from './jobs/job-runner.js';
export { type JobContext, runExpandJob } from './jobs/run-expand-job.js';
export { type BatchWorkers, type BatchWorkersOptions, createBatchWorkers } from './loader/batch-workers.js';
export { type FolderDataset, openDataset } from './open-dataset.js';
export { type RelabelOptions, type RelabelSummary, relabelDataset } from './relabel-dataset.js';
