import type { DatasetRow, LabelGraph, SplitName } from '@sofd/core';
import type { PixelImage } from '@sofd/face';

/** A data set that can be read: rows, the label graph they are labelled by, and their images. */
export interface Dataset {
  /** Every row, sorted by id. */
  readonly rows: readonly DatasetRow[];
  /** The graph that `targets` are for. */
  readonly graph: LabelGraph;
  /** Rows of one split. */
  split(name: SplitName): readonly DatasetRow[];
  /**
   * Reads the image of a row.
   *
   * @throws ImageDecodeError where the file is damaged
   */
  load(row: DatasetRow): Promise<PixelImage>;
}
