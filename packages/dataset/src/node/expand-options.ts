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
import { allExpansionModes, expansionModes } from '../expansion-modes.js';
import { type ExpansionRegion, expansionRegions } from '../expansion-region.js';
import { defaultFractions, type SplitFractions } from '../identity/split-by-group.js';
import { assertLabelRules } from '../relabel/assert-label-rules.js';
import { type EvidenceTable, evidenceTableSchema } from '../relabel/measured/evidence.js';
import type { AnnotationChoice } from '../relabel/relabel.js';
import { allowedRegions } from './allowed-regions.js';
import type { JobRunner } from './jobs/job-runner.js';

/** What {@link expandFolder} works on and how. */
export interface ExpandOptions {
  /** Folder of photographs or a published data set, walked recursively. */
  readonly input: string;
  /** Folder that is made. It must not exist, be empty, or hold a data set of sofd, which is replaced. */
  readonly output: string;
  /** Finds and describes faces in this process; made by `createFaceFinder` on an active engine. This or a `runner`. */
  readonly finder?: FaceFinder;
  /** Does the jobs elsewhere, as in threads. This or a `finder`. */
  readonly runner?: JobRunner;
  /** Name of the published data set's layout; recognised unless given. */
  readonly source?: string;
  /** Everything drawn follows from it. */
  readonly seed: number | string;
  /** What the images are labelled by; the FaceForensics graph by default. */
  readonly labelGraph?: LabelGraph;
  /** Which label map; `'training'` by default. */
  readonly annotation?: AnnotationChoice;
  /** Whether to measure what changed in each image, beside its label by rule; the face models look at every image once more. */
  readonly measure?: boolean;
  /** Which measured quantities speak for which label of the graph; that of the published graphs by default. */
  readonly evidence?: EvidenceTable;
  /** How new images are made; region swap and blend-only by default. */
  readonly modes?: readonly ExpansionMode[];
  /** The only regions that are altered; all that the modes know by default. */
  readonly regions?: readonly ExpansionRegion[];
  /** Frames that are taken of a video, evenly spread; 8 by default. */
  readonly frames?: number;
  /** Images that each mode makes of a face, the regions taken in turn; 3 by default. */
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
  /** Told in a sentence what a person should know, as that earlier work is thrown away. */
  readonly onMessage?: (message: string) => void;
  readonly signal?: AbortSignal;
}

type Optional = 'evidence' | 'finder' | 'runner' | 'source' | 'onProgress' | 'onMessage' | 'signal';

/** The same with every default filled in. */
export type ResolvedExpandOptions = Required<Omit<ExpandOptions, Optional | 'regions'>> &
  Pick<ExpandOptions, Optional> & { readonly regions: readonly ExpansionRegion[] | null };

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
  finder: v.optional(v.custom<FaceFinder>((value) => hasFunctions(value, 'find', 'describe'), 'expected a FaceFinder')),
  runner: v.optional(v.custom<JobRunner>((value) => hasFunctions(value, 'run'), 'expected a JobRunner')),
  source: v.optional(v.string()),
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
  measure: v.optional(v.boolean(), false),
  evidence: v.optional(evidenceTableSchema),
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
  regions: v.optional(v.nullable(v.pipe(v.array(v.picklist(expansionRegions)), v.nonEmpty())), null),
  frames: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 8),
  perFace: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000)), 3),
  cropSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(faceCropSize)), 224),
  minEyeDistance: v.optional(v.pipe(v.number(), v.minValue(0)), 24),
  minQuality: v.optional(unit, 0.2),
  minAge: v.optional(v.pipe(v.number(), v.minValue(0)), 18),
  identityThreshold: v.optional(v.pipe(v.number(), v.minValue(-1), v.maxValue(1)), 0.52),
  fractions: v.optional(v.strictObject({ train: fraction, validation: fraction, test: fraction }), defaultFractions),
  overwrite: v.optional(v.boolean(), false),
  onProgress: v.optional(v.custom<Progress>(isFunction, 'expected a function')),
  onMessage: v.optional(v.custom<(message: string) => void>(isFunction, 'expected a function')),
  signal: v.optional(v.instance(AbortSignal)),
});

function checkTogether({ finder, runner, modes, regions }: ResolvedExpandOptions): void {
  if ((finder === undefined) === (runner === undefined)) {
    throw new InvalidOptionError(
      `expandFolder: expected a finder or a runner, got ${finder === undefined ? 'neither' : 'both'}; ` +
        'pass createFaceFinder() as finder',
    );
  }
  const custom = modes.find((mode) => !allExpansionModes.includes(mode));
  if (runner !== undefined && custom !== undefined) {
    throw new InvalidOptionError(
      `expandFolder: expected modes of this package with a runner, got ${custom.name}; jobs name their modes, ` +
        'and other processes do not know yours: pass a finder instead',
    );
  }
  const idle = modes.find((mode) => allowedRegions(mode, regions).length === 0);
  if (idle !== undefined) {
    throw new InvalidOptionError(
      `expandFolder: expected a region of ${idle.name} (${idle.regions.join(', ')}) among the regions, got ` +
        `${regions?.join(', ')}; add one, or leave the mode out`,
    );
  }
}

/**
 * Checks options and fills defaults in.
 *
 * @throws InvalidOptionError with every problem
 */
export function resolveExpandOptions(options: ExpandOptions): ResolvedExpandOptions {
  const resolved: unknown = parseOptions(schema, options, 'expandFolder');
  if (resolved === null) throw new InvalidOptionError('expandFolder: expected options, got null; pass an object');
  checkTogether(resolved as ResolvedExpandOptions);
  assertLabelRules(resolved as ResolvedExpandOptions, 'expandFolder');
  return resolved as ResolvedExpandOptions;
}
