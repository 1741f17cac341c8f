import type { Landmarks5, PixelImage } from '@sofd/face';

/**
 * One aligned face crop with its landmarks: what every expansion mode reads.
 *
 * All coordinates are in crop pixels, so that two samples of one crop size lie in the same frame.
 *
 * @example
 * ```ts
 * const sample: FaceSample = { id: '3fa9c2d1-0', identity: 'p004', source: 'party.jpg', crop, mesh, landmarks, pair: null };
 * ```
 */
export interface FaceSample {
  /** Unique name of the face: it seeds everything that is drawn for it. */
  readonly id: string;
  /** Name of the person; faces of one person never cross splits. */
  readonly identity: string;
  /** The photograph that the face came from, relative to the input folder. */
  readonly source: string;
  /** Aligned crop, RGB, square. */
  readonly crop: PixelImage;
  /** Face mesh, `[478 or 468, 2]` row-major x, y in crop pixels. */
  readonly mesh: Float32Array;
  /** Five ArcFace landmarks in crop pixels. */
  readonly landmarks: Landmarks5;
  /** The `id` of the real sample that this published fake was made from, of the same frame and crop box; `null` for others. */
  readonly pair: string | null;
}
