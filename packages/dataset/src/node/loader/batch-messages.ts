import type { Normalisation } from '../../batches/fill-batch.js';
import type { BatchImage } from '../../batches/image-loader.js';

/** What a worker is started with. */
export interface BatchWorkerSettings {
  /** The data set's folder. */
  readonly folder: string;
  /** Most bytes of decoded images that it keeps in memory. */
  readonly cache: number;
}

/** The images of one batch. */
export interface BatchJob {
  /** By which the answer is told from others. */
  readonly job: number;
  readonly images: readonly BatchImage[];
  readonly normalisation: Normalisation;
}

/** What a worker says to a job: the images, handed over without a copy, or the message of the error that ended it. */
export type BatchAnswer =
  | { readonly job: number; readonly images: Float32Array<ArrayBuffer> }
  | { readonly job: number; readonly error: string };
