import {
  type LabelGraphDefinition,
  labelGraphDefinitionSchema,
  type MeasuredQuantity,
  measuredQuantities,
  type SplitName,
} from '@sofd/core';
import * as v from 'valibot';
import { type SplitConflict, splitNames } from '../identity/split-by-group.js';
import type { ChangeThresholds } from '../relabel/measured/calibrate-change.js';
import { type EvidenceTable, evidenceTableSchema } from '../relabel/measured/evidence.js';
import type { LabelAgreement } from '../relabel/measured/measure-agreement.js';
import type { SourceProblem } from '../sources/source.js';
import { type SkippedItem, skipCauses } from './jobs/found-face.js';

/** Value of `format` in {@link infoFile}. */
export const datasetFormat = 'sofd-dataset';

/** Describes a data set: recipe, label graph, counts, digest. */
export const infoFile = 'dataset.json';

/** One line an image. */
export const metadataFile = 'metadata.jsonl';

/** The same rows in columns, for other tools. */
export const parquetFile = 'metadata.parquet';

/** For a person to look at; written when the data set is whole, and not part of its digest. */
export const contactSheetFile = 'contact-sheet.html';

/** One part of a data set. */
export interface SplitInfo {
  readonly rows: number;
  /** Rows by mode, originals included. */
  readonly modes: Readonly<Record<string, number>>;
  readonly identities: readonly string[];
}

/** Digests of what a data set is made from. */
export interface MadeFrom {
  /** Of the input's files and what its source says of them. */
  readonly input: string;
  readonly recipe: string;
}

/** How changes were measured in a data set, and how that agrees with the labels by rule. */
export interface MeasurementInfo extends ChangeThresholds {
  readonly evidence: EvidenceTable;
  /** Of the labels with evidence, over all rows that were measured. */
  readonly agreement: readonly LabelAgreement[];
}

/** What `dataset.json` holds. */
export interface DatasetInfo {
  readonly format: typeof datasetFormat;
  readonly version: 2;
  readonly seed: string;
  readonly crop: { readonly version: string; readonly size: number };
  readonly labelGraph: LabelGraphDefinition;
  /** Name of the label map. */
  readonly annotation: string;
  /** The published data set that the images come from, `photo-folder` for plain photographs. */
  readonly source: {
    readonly name: string;
    readonly title: string;
    /** What was missing in it, or left out unread. */
    readonly problems: readonly SourceProblem[];
  };
  /** How the images were made. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly counts: {
    /** Photographs and videos that could be read. */
    readonly items: number;
    readonly faces: number;
    readonly identities: number;
    readonly rows: number;
    readonly real: number;
    readonly fake: number;
  };
  readonly splits: Readonly<Record<SplitName, SplitInfo>>;
  /** What was left out, and why. */
  readonly skipped: readonly SkippedItem[];
  /** Photographs and videos that belong together and were published in different splits; not there where there are none. */
  readonly conflicts?: readonly SplitConflict[];
  /** `null` where no changes were measured. */
  readonly measurement: MeasurementInfo | null;
  /** SHA-256 over the sorted hashes of all files but this one and the contact sheet. */
  readonly digest: string;
  /** SHA-256 of what it was made from; the same two make the same bytes. */
  readonly madeFrom: MadeFrom;
}

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const counts = v.record(v.string(), count);
const split = v.strictObject({ rows: count, modes: counts, identities: v.array(text) });
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'));

const unit = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const byQuantity = <Entry extends v.GenericSchema>(entry: Entry) =>
  v.strictObject(
    Object.fromEntries(measuredQuantities.map((quantity) => [quantity, entry])) as Record<MeasuredQuantity, Entry>,
  );

const measurement = v.strictObject({
  quantile: unit,
  thresholds: byQuantity(v.nullable(v.pipe(v.number(), v.minValue(0)))),
  controls: byQuantity(count),
  evidence: evidenceTableSchema,
  agreement: v.array(
    v.strictObject({
      label: text,
      both: count,
      nominalOnly: count,
      measuredOnly: count,
      neither: count,
      undecided: count,
      agreement: v.nullable(unit),
      interval: v.nullable(v.tuple([unit, unit])),
      kappa: v.nullable(v.pipe(v.number(), v.minValue(-1), v.maxValue(1))),
    }),
  ),
});

/** Checks `dataset.json`. */
export const datasetInfoSchema = v.strictObject({
  format: v.literal(datasetFormat),
  version: v.literal(2, 'expected version 2; this data set was written by another version of sofd'),
  seed: v.string(),
  crop: v.strictObject({ version: text, size: v.pipe(count, v.minValue(1)) }),
  labelGraph: labelGraphDefinitionSchema,
  annotation: text,
  source: v.strictObject({
    name: text,
    title: text,
    problems: v.array(v.strictObject({ path: v.string(), problem: text })),
  }),
  recipe: v.record(v.string(), v.unknown()),
  counts: v.strictObject({
    items: count,
    faces: count,
    identities: count,
    rows: count,
    real: count,
    fake: count,
  }),
  splits: v.strictObject({ train: split, validation: split, test: split }),
  skipped: v.array(v.strictObject({ file: text, cause: v.picklist(skipCauses), reason: text })),
  conflicts: v.exactOptional(
    v.array(
      v.strictObject({
        ids: v.array(text),
        published: v.strictObject({ train: count, validation: count, test: count }),
        split: v.picklist(splitNames),
      }),
    ),
  ),
  measurement: v.nullable(measurement),
  digest,
  madeFrom: v.strictObject({ input: digest, recipe: digest }),
});
