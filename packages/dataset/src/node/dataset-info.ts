import { type LabelGraphDefinition, labelGraphDefinitionSchema, type SplitName } from '@sofd/core';
import * as v from 'valibot';

/** Value of `format` in {@link infoFile}. */
export const datasetFormat = 'sofd-dataset';

/** Describes a data set: recipe, label graph, counts, digest. */
export const infoFile = 'dataset.json';

/** One line an image. */
export const metadataFile = 'metadata.jsonl';

/** What `dataset.json` holds. */
export interface DatasetInfo {
  readonly format: typeof datasetFormat;
  readonly version: 1;
  readonly seed: string;
  readonly crop: { readonly version: string; readonly size: number };
  readonly labelGraph: LabelGraphDefinition;
  /** Name of the label map. */
  readonly annotation: string;
  /** How the images were made. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly counts: {
    readonly photos: number;
    readonly faces: number;
    readonly identities: number;
    readonly rows: number;
    readonly real: number;
    readonly fake: number;
    /** Rows by mode, originals included. */
    readonly modes: Readonly<Record<string, number>>;
  };
  /** Who is in which split, and how many rows. */
  readonly splits: Readonly<Record<SplitName, { readonly rows: number; readonly identities: readonly string[] }>>;
  /** What was left out, and why. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** SHA-256 over the sorted hashes of all files but this one. */
  readonly digest: string;
}

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const split = v.strictObject({ rows: count, identities: v.array(text) });

/** Checks `dataset.json`. */
export const datasetInfoSchema = v.strictObject({
  format: v.literal(datasetFormat),
  version: v.literal(1, 'expected version 1; this data set was written by another version of sofd'),
  seed: v.string(),
  crop: v.strictObject({ version: text, size: v.pipe(count, v.minValue(1)) }),
  labelGraph: labelGraphDefinitionSchema,
  annotation: text,
  recipe: v.record(v.string(), v.unknown()),
  counts: v.strictObject({
    photos: count,
    faces: count,
    identities: count,
    rows: count,
    real: count,
    fake: count,
    modes: v.record(v.string(), count),
  }),
  splits: v.strictObject({ train: split, validation: split, test: split }),
  skipped: v.array(v.strictObject({ file: text, reason: text })),
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')),
});
