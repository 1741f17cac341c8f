import type { SplitName } from '@sofd/core';
import type { FileTree } from './file-tree.js';

/** An image, a video, or a folder of the frames of a video. */
export type SourceKind = 'image' | 'video' | 'frames';

/** One image or video of a published data set. */
export interface SourceItem {
  /** Unique within the listing: the path of the file or of the folder of frames, relative to the data set, with `/`. */
  readonly id: string;
  readonly kind: SourceKind;
  /** Files relative to the data set, in order: one for an image or a video, one a frame for frames. */
  readonly files: readonly string[];
  readonly label: 'real' | 'fake';
  /** Key of the annotation tables, as `real`, `Deepfakes` or `identity-swap`: what the labels follow from. */
  readonly manipulation: string;
  /** The manipulation's name in the data set, `null` for a real one. */
  readonly method: string | null;
  /**
   * The person who was recorded, where the data set says so; for a swap not the one whose face was put there. Names are the
   * data set's own.
   */
  readonly identity: string | null;
  /**
   * The videos, photographs or people that everything derived from them shares, of a swap both: items of one group never
   * cross splits.
   */
  readonly groups: readonly string[];
  /** The published split, `null` where there is none. */
  readonly split: SplitName | null;
  /** Id of the real item that a fake was made from; `null` for a real one, and where nobody says. */
  readonly real: string | null;
  /** Published mask of what was altered: an item like this one's kind, as its files; `null` where there is none. */
  readonly mask: readonly string[] | null;
}

/** What is wrong or missing, and what it means. */
export interface SourceProblem {
  /** Path relative to the data set. */
  readonly path: string;
  readonly problem: string;
}

/** What a source found in a folder. */
export interface SourceListing {
  /** Name of the source, as `face-forensics`. */
  readonly source: string;
  /** Which variant of the data set was found, for a person: `FaceForensics++ c23, videos`. */
  readonly title: string;
  /** Sorted by id. */
  readonly items: readonly SourceItem[];
  /** Listed in split files or metadata but not on disk, unreadable metadata, folders nobody knows. */
  readonly problems: readonly SourceProblem[];
  /** Whether the terms allow single images in reports and contact sheets. */
  readonly showable: boolean;
}

/**
 * A published data set's layout. A new source is a new folder that exports one of these.
 *
 * Both functions read names and small text files only, never an image.
 */
export interface DatasetSource {
  /** kebab-case, what `--source` takes. */
  readonly name: string;
  /** The data set's own name. */
  readonly title: string;
  /** Where it is described. */
  readonly homepage: string | null;
  /** What is looked for, in one line for a person. */
  readonly layout: string;
  /** How sure the layout is, 0 (not this) to 1; the highest of all sources is taken. */
  recognise(tree: FileTree): Promise<number>;
  /**
   * Lists what is there. Tolerates missing parts: they become problems.
   *
   * @throws DatasetError where nothing usable is left
   */
  list(tree: FileTree): Promise<SourceListing>;
}
