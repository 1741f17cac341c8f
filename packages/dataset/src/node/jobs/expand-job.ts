import type { SplitName } from '@sofd/core';
import type { ExpansionRegion } from '../../expansion-region.js';
import type { SourceItem } from '../../sources/source.js';

/** What every job says. A job is plain JSON: any process that sees the same folders can do it. */
interface JobBase {
  /** Names the job's result: SHA-256 of what it depends on. */
  readonly key: string;
  /** Folder of the source files. */
  readonly input: string;
  /** The work folder; holds the recipe. */
  readonly work: string;
}

/** An item of the input and the digest of its bytes. */
export interface JobItem extends Pick<SourceItem, 'id' | 'kind' | 'files'> {
  readonly hash: string;
}

/** Finds the faces of an item, and cuts its fakes by the same boxes. */
export interface FindJob extends JobBase {
  readonly kind: 'find';
  readonly item: JobItem;
  /** Published fakes that were made from the item: of the same frames, so that the crop cannot give the answer away. */
  readonly fakes: readonly JobItem[];
}

/** A face and the find job that found it. */
export interface FaceReference {
  readonly id: string;
  readonly found: string;
}

/** One image to make of a face. */
export interface PlannedImage {
  readonly mode: string;
  readonly region: ExpansionRegion;
  /** How often this mode took this region before. */
  readonly variant: number;
  readonly donor: FaceReference | null;
}

/** Makes all images of one face: itself, and what the modes make of it. */
export interface MakeJob extends JobBase {
  readonly kind: 'make';
  readonly face: FaceReference;
  readonly identity: string;
  readonly split: SplitName;
  /** Of the face as it is. */
  readonly manipulation: string;
  readonly method: string | null;
  readonly showable: boolean;
  readonly images: readonly PlannedImage[];
}

/** Measures what images differ in from the real face that they were made from. */
export interface MeasureJob extends JobBase {
  readonly kind: 'measure';
  /** The real face. */
  readonly face: FaceReference;
  readonly split: SplitName;
  /** Ids of the rows to compare with it. */
  readonly images: readonly string[];
}

/** A part of an expansion: a pure function of the source's bytes, the recipe and the seed; doing it twice writes the same bytes. */
export type ExpandJob = FindJob | MakeJob | MeasureJob;

/** What a job is about, for messages. */
export function describeJob(job: ExpandJob): string {
  if (job.kind === 'find') return `finding faces in ${job.item.id}`;
  return `${job.kind === 'make' ? 'making' : 'measuring'} images of ${job.face.id}`;
}
