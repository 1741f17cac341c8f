import * as v from 'valibot';

/** The part of a data set that an image belongs to; people do not cross parts. */
export type SplitName = 'train' | 'validation' | 'test';

/** One image of a data set: a line of `metadata.jsonl`. */
export interface DatasetRow {
  /** The image, relative to the folder of its `metadata.jsonl`, with `/`. */
  file_name: string;
  /** Unique within the data set. */
  id: string;
  label: 'real' | 'fake';
  /** A key of the annotations, such as `'real'` or `'expansion:eyes'`. */
  manipulation: string;
  /** [labels], 0 or 1, a legal state of the data set's label graph. */
  targets: number[];
  /** The names of the labels that are 1. */
  altered: string[];
  /** How the image came to be: `'original'`, or the expansion mode such as `'region-swap'`. */
  mode: string;
  /** The region that was edited; null if none was. */
  region: string | null;
  /** Who is shown; what is split by. */
  identity: string;
  /** The photo that the face was cropped from. */
  source: string;
  /** The ids of the rows that this one was made from. */
  parents: string[];
  split: SplitName;
  /** The seed of the stream that made it; `createRandom(seed)` starts it anew. */
  seed: string;
  /** The mask of what was edited, relative to the folder; null if nothing was. */
  mask: string | null;
  /** The version of the crop. */
  crop: string;
}

const text = v.pipe(v.string(), v.nonEmpty());
/** A way within the folder: files of a data set never name files outside it. */
const relativePath = v.pipe(
  text,
  v.check(
    (path) => !/^([a-z]:|[\\/])/i.test(path) && !path.split(/[\\/]/).includes('..'),
    'expected a path within the folder',
  ),
);

/** Checks a line of `metadata.jsonl`. Whether its targets are legal depends on the graph: see `assertLegalTargets`. */
export const datasetRowSchema: v.GenericSchema<unknown, DatasetRow> = v.strictObject({
  file_name: relativePath,
  id: text,
  label: v.picklist(['real', 'fake']),
  manipulation: text,
  targets: v.array(v.pipe(v.number(), v.values([0, 1]))),
  altered: v.array(text),
  mode: text,
  region: v.nullable(text),
  identity: text,
  source: text,
  parents: v.array(text),
  split: v.picklist(['train', 'validation', 'test']),
  seed: v.string(),
  mask: v.nullable(relativePath),
  crop: text,
});
