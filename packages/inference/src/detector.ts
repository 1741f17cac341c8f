import type { LabelGraph } from '@sofd/core';
import type { ImageSource } from '@sofd/face';
import type { CacheOutcome } from '@sofd/model';
import type { DetectionResult } from './detection-result.js';
import type { DetectOptions } from './detector-options.js';
import type { RejectedEngine } from './engines.js';
import type { Thresholds } from './judge.js';

/** What a detector runs on and with. Plain data. */
export interface DetectorInfo {
  /** The engine in use: `webgpu`, `native`, `wasm`, ... */
  readonly engine: string;
  /** What it computes on, for people. */
  readonly device: string;
  /** Threads of a large matrix product. */
  readonly threads: number;
  /** The engines that `auto` tried before, and why each was passed over. */
  readonly rejected: readonly RejectedEngine[];
  readonly model: {
    readonly name: string;
    readonly sha256: string;
    readonly version: number;
    /** Version of the face crop that the model was trained with. */
    readonly crop: string;
    readonly licence: { readonly weights: string; readonly data: string; readonly note: string };
  };
  /** Labels by level, in node order. */
  readonly labels: {
    readonly primary: readonly string[];
    readonly global: readonly string[];
    readonly local: readonly string[];
  };
  readonly thresholds: Thresholds;
  /** Whether the weights came from the cache, and why not; null where none was asked for. */
  readonly cache: CacheOutcome | null;
}

/**
 * Says of each face in a photo whether, what and where it was altered.
 *
 * Calls may overlap; they are answered one after the other.
 */
export interface Detector {
  readonly info: DetectorInfo;
  /**
   * Finds the faces of an image and judges each.
   *
   * @param image - path (Node), address, bytes, Blob or File, ImageData, image element, canvas or raw pixels.
   * @returns plain data; `faces` is empty and the verdict `no-face` where the photo shows none.
   * @throws ImageDecodeError where it is no image, ImageSizeError where it has too many pixels.
   * @throws InvalidOptionError for an unknown option, and after `dispose`.
   * @throws CheckpointFormatError where the model was trained with another face crop than this version makes.
   * @throws AbortedError when `signal` is aborted.
   * @example
   * ```ts
   * const { verdict, faces } = await detector.detect('photo.jpg');
   * ```
   */
  detect(image: ImageSource, options?: DetectOptions): Promise<DetectionResult>;
  /** Frees all tensors and the engine, after the calls that are already running. Further calls do nothing. */
  dispose(): Promise<void>;
}

/** The part of {@link DetectorInfo} that the graph gives. */
export const listLabels = (graph: LabelGraph): DetectorInfo['labels'] => ({
  primary: graph.levels.primary.labels,
  global: graph.levels.global.labels,
  local: graph.levels.local.labels,
});
