import * as v from 'valibot';
import { type MeasuredLabels, measuredLabelsSchema } from './measured-change.js';

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
  /** The file that the face was cropped from: a photo, a video, or a frame of one. */
  source: string;
  /** The name of the manipulation in its data set, such as `'Deepfakes'`; null for originals and for what sofd made. */
  method: string | null;
  /** The video or the folder of its frames; null for a photo. */
  video: string | null;
  /** The frame within the video, from 0; null for a photo. */
  frame: number | null;
  /** The face within the video: the same number is the same face from frame to frame; null for a photo. */
  track: number | null;
  /** How well the face can be seen in its source, 0 to 1. */
  quality: number;
  /** Whether the terms of its data set allow the image in reports and contact sheets. */
  showable: boolean;
  /** The ids of the rows that this one was made from. */
  parents: string[];
  split: SplitName;
  /** The seed of the stream that made it; `createRandom(seed)` starts it anew. */
  seed: string;
  /** The mask of what was edited, relative to the folder; null if nothing was. */
  mask: string | null;
  /** The version of the crop. */
  crop: string;
  /** What changed against the real image that it was made from, as measured; null where that was not asked for or there is none. */
  measured: MeasuredLabels | null;
}

const text = v.pipe(v.string(), v.nonEmpty());
const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
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
  method: v.nullable(text),
  video: v.nullable(text),
  frame: v.nullable(wholeNumber),
  track: v.nullable(wholeNumber),
  quality: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  showable: v.boolean(),
  parents: v.array(text),
  split: v.picklist(['train', 'validation', 'test']),
  seed: v.string(),
  mask: v.nullable(relativePath),
  crop: text,
  measured: v.nullable(measuredLabelsSchema),
});
