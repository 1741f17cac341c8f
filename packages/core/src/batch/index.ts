export type { Batch, BatchSource } from './batch.js';
export type { Progress, ProgressEvent } from './progress.js';
