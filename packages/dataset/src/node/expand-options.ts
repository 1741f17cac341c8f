import {
  faceForensics,
  type faceForensicsAnnotations,
  InvalidOptionError,
  type LabelGraph,
  type Progress,
  parseOptions,
} from '@sofd/core';
import { type FaceFinder, faceCropSize } from '@sofd/face';
import * as v from 'valibot';
import type { ExpansionMode } from '../expansion-mode.js';
import { expansionModes } from '../expansion-modes.js';
import { defaultFractions, type SplitFractions } from '../identity/split-by-identity.js';
import type { AnnotationChoice } from '../relabel/relabel.js';

/** What {@link expandFolder} works on and how. */
export interface ExpandOptions {
  /** Folder of photographs, walked recursively. */
  readonly input: string;
  /** Folder that is made. It must not exist, be empty, or hold a data set of sofd, which is replaced. */
  readonly output: string;
  /** Finds and describes faces; made by `createFaceFinder` on an active engine. */
  readonly finder: FaceFinder;
  /** Everything drawn follows from it. */
  readonly seed: number | string;
  /** What the images are labelled by; the FaceForensics graph by default. */
  readonly labelGraph?: LabelGraph;
  /** Which label map; `'training'` by default. */
  readonly annotation?: AnnotationChoice;
  /** How new images are made; region swap and blend-only by default. */
  readonly modes?: readonly ExpansionMode[];
  /** Images that each mode makes of a face, the regions taken in turn; 3 by default: one a region. */
  readonly perFace?: number;
  /** Side of the images in pixels, 32 to 317; 224 by default. 317 is the crop itself, without another resize. */
  readonly cropSize?: number;
  /** Least distance of the eyes in the photograph, in pixels; 24 by default. */
  readonly minEyeDistance?: number;
  /** Least face quality, 0..1. */
  readonly minQuality?: number;
  /** Least estimated age in years; 18 by default: children are left out as a precaution. */
  readonly minAge?: number;
  /** Least mean cosine similarity of the descriptors of one person's faces; 0.52 by default. */
  readonly identityThreshold?: number;
  /** Part of the people in each split. */
  readonly fractions?: SplitFractions;
  /** Replaces the output folder even if it holds something else. */
  readonly overwrite?: boolean;
  readonly onProgress?: Progress;
  readonly signal?: AbortSignal;
}

/** The same with every default filled in. */
export type ResolvedExpandOptions = Required<Omit<ExpandOptions, 'onProgress' | 'signal'>> &
  Pick<ExpandOptions, 'onProgress' | 'signal'>;

const isFunction = (value: unknown): boolean => typeof value === 'function';
const hasFunctions = (value: unknown, ...names: string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => isFunction((value as Record<string, unknown>)[name]));

const unit = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const fraction = v.pipe(v.number(), v.finite(), v.minValue(0));

const schema = v.strictObject({
  input: v.pipe(v.string(), v.nonEmpty()),
  output: v.pipe(v.string(), v.nonEmpty()),
  finder: v.custom<FaceFinder>((value) => hasFunctions(value, 'find', 'describe'), 'expected a FaceFinder'),
  seed: v.union([v.pipe(v.number(), v.finite()), v.string()]),
  labelGraph: v.optional(
    v.custom<LabelGraph>(
      (value) => typeof value === 'object' && value !== null && 'labels' in value,
      'expected a label graph',
    ),
    () => faceForensics,
  ),
  annotation: v.optional(
    v.union([
      v.picklist(['training', 'graph'] satisfies (keyof typeof faceForensicsAnnotations)[]),
      v.custom<Exclude<AnnotationChoice, string>>(
        (value) => typeof value === 'object' && value !== null && 'name' in value && 'table' in value,
        "expected 'training', 'graph' or { name, table }",
      ),
    ]),
    'training',
  ),
  modes: v.optional(
    v.pipe(
      v.array(v.custom<ExpansionMode>((value) => hasFunctions(value, 'expand'), 'expected an expansion mode')),
      v.check(
        (modes) => new Set(modes.map(({ name }) => name)).size === modes.length,
        'expected modes of different names',
      ),
    ),
    () => [...expansionModes],
  ),
  perFace: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000)), 3),
  cropSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(faceCropSize)), 224),
  minEyeDistance: v.optional(v.pipe(v.number(), v.minValue(0)), 24),
  minQuality: v.optional(unit, 0.2),
  minAge: v.optional(v.pipe(v.number(), v.minValue(0)), 18),
  identityThreshold: v.optional(v.pipe(v.number(), v.minValue(-1), v.maxValue(1)), 0.52),
  fractions: v.optional(v.strictObject({ train: fraction, validation: fraction, test: fraction }), defaultFractions),
  overwrite: v.optional(v.boolean(), false),
  onProgress: v.optional(v.custom<Progress>(isFunction, 'expected a function')),
  signal: v.optional(v.instance(AbortSignal)),
});

/**
 * Checks options and fills defaults in.
 *
 * @throws InvalidOptionError with every problem
 */
export function resolveExpandOptions(options: ExpandOptions): ResolvedExpandOptions {
  const resolved: unknown = parseOptions(schema, options, 'expandFolder');
  if (resolved === null) throw new InvalidOptionError('expandFolder: expected options, got null; pass an object');
  return resolved as ResolvedExpandOptions;
}
