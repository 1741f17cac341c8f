import { InvalidOptionError, type Progress, parseOptions } from '@sofd/core';
import type { CheckpointSource } from '@sofd/model';
import * as v from 'valibot';

/** An engine by name; `auto` takes the best that answers right. */
export type EngineName = 'auto' | 'webgpu' | 'native' | 'tensorflow' | 'wasm' | 'reference';

/** From which probabilities on a face is fake, and where the detector abstains. */
export interface DetectorThresholds {
  /** A face with at least this probability is fake. */
  readonly fake: number;
  /** Between these two probabilities, ends included, the verdict is `uncertain`. */
  readonly uncertain?: readonly [number, number] | undefined;
  /** Thresholds of single labels, over those of the checkpoint. */
  readonly labels?: Readonly<Record<string, number>> | undefined;
}

/** Where the files of the packages are served, where a bundler does not place them. */
export interface DetectorAssets {
  /** Address of the folder with the binaries of `@sofd/backend-wasm/assets`. */
  readonly wasm?: string | undefined;
  /** Address of the folder with the face models of `@sofd/face/models`. */
  readonly face?: string | undefined;
}

/** Options of `createDetector`. */
export interface DetectorOptions {
  /** A checkpoint: folder (Node), address of a folder, or a source that reads its files. */
  readonly model: string | URL | CheckpointSource;
  /** Default `auto`. */
  readonly engine?: EngineName | undefined;
  /**
   * Replaces the checkpoint's thresholds. A number is one line between real and fake, with no uncertain band.
   * Default: what the checkpoint says.
   */
  readonly threshold?: number | DetectorThresholds | undefined;
  /** At most this many faces of a photo, the largest. Default 32. */
  readonly maxFaces?: number | undefined;
  /** Below this face quality (0..1) the verdict is `uncertain`. Default 0.2; 0 judges every face. */
  readonly minQuality?: number | undefined;
  /** Ends the creation early. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every stage: `model`, in bytes of the weights; `engine`; `face-models`. */
  readonly onProgress?: Progress | undefined;
  /**
   * `opfs` keeps the weights in the origin private file system of the browser, so that they are fetched once. Where that
   * cannot be used, as in Node, they are loaded without it; `detector.info.cache` says what came of it. Default: no cache.
   */
  readonly cache?: 'opfs' | undefined;
  /** One folder for all, or one each. Default: beside the code of the packages. */
  readonly assets?: string | DetectorAssets | undefined;
}

/** Options of `detector.detect`. */
export interface DetectOptions {
  /** `auto` finds and aligns the faces; `none`: the image already is a face crop and is only resized. Default `auto`. */
  readonly crop?: 'auto' | 'none' | undefined;
  /** Ends the call at the next step. */
  readonly signal?: AbortSignal | undefined;
}

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const signal = v.optional(v.custom<AbortSignal>((value) => value instanceof AbortSignal, 'expected an AbortSignal'));
const isSource = (value: unknown): value is CheckpointSource =>
  typeof value === 'object' && value !== null && 'read' in value && typeof value.read === 'function';

const detectorSchema = v.strictObject({
  model: v.custom<DetectorOptions['model']>(
    (value) => (typeof value === 'string' && value !== '') || value instanceof URL || isSource(value),
    'expected a folder, an address or an object with read(name)',
  ),
  engine: v.optional(v.picklist(['auto', 'webgpu', 'native', 'tensorflow', 'wasm', 'reference']), 'auto'),
  threshold: v.optional(
    v.union([
      probability,
      v.strictObject({
        fake: probability,
        uncertain: v.optional(
          v.pipe(
            v.tuple([probability, probability]),
            v.check(([low, high]) => low <= high, 'expected the lower bound first'),
          ),
        ),
        labels: v.optional(v.record(v.string(), probability)),
      }),
    ]),
  ),
  maxFaces: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 32),
  minQuality: v.optional(probability, 0.2),
  signal,
  onProgress: v.optional(v.custom<Progress>((value) => typeof value === 'function', 'expected a function')),
  cache: v.optional(v.picklist(['opfs'])),
  assets: v.optional(
    v.union([v.string(), v.strictObject({ wasm: v.optional(v.string()), face: v.optional(v.string()) })]),
  ),
});

const detectSchema = v.strictObject({ crop: v.optional(v.picklist(['auto', 'none']), 'auto'), signal });

/** {@link DetectorOptions} with every default filled in. */
export interface ResolvedDetectorOptions {
  readonly model: DetectorOptions['model'];
  readonly engine: EngineName;
  readonly thresholds: DetectorThresholds | null;
  readonly maxFaces: number;
  readonly minQuality: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: Progress;
  readonly cache: 'opfs' | null;
  readonly assets: DetectorAssets;
}

const isMissingModel = (options: unknown): boolean =>
  options === undefined ||
  (typeof options === 'object' && options !== null && (!('model' in options) || options.model === undefined));

/**
 * Checks what was passed to `createDetector`.
 *
 * @throws InvalidOptionError that names every wrong option.
 */
export function parseDetectorOptions(options: unknown): ResolvedDetectorOptions {
  if (isMissingModel(options))
    throw new InvalidOptionError(
      'createDetector.model: expected a checkpoint, got none; name a folder, an address or a CheckpointSource, such as defaultModel of @sofd/default-model.',
    );
  const { threshold, assets, cache, signal, onProgress, ...rest } = parseOptions(
    detectorSchema,
    options,
    'createDetector',
  );
  return {
    ...rest,
    signal,
    cache: cache ?? null,
    onProgress: onProgress ?? (() => undefined),
    thresholds: typeof threshold === 'number' ? { fake: threshold } : (threshold ?? null),
    assets: typeof assets === 'string' ? { wasm: assets, face: assets } : (assets ?? {}),
  };
}

/**
 * Checks what was passed to `detect`.
 *
 * @throws InvalidOptionError that names every wrong option.
 */
export const parseDetectOptions = (options: unknown = {}) => parseOptions(detectSchema, options, 'detector.detect');
