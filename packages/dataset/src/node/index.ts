/**
 * Data sets in folders: expansion of photographs, the store, batches.
 *
 * @packageDocumentation
 */
export { type BatchSourceOptions, createBatchSource, type DatasetBatchSource } from '../batches/create-batch-source.js';
export type { Normalisation } from '../batches/fill-batch.js';
export { type LoadedSplit, loadSplit } from '../batches/load-split.js';
export type { SkippedItem } from './collect-faces.js';
export type { DatasetInfo } from './dataset-info.js';
export { type ExpansionSummary, expandFolder } from './expand-folder.js';
export type { ExpandOptions } from './expand-options.js';
export { type FolderDataset, openDataset } from './open-dataset.js';
export { type ContactSheetEntry, renderContactSheet } from './render-contact-sheet.js';
