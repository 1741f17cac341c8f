import { parseOptions } from '@sofd/core';
import * as v from 'valibot';

/** How {@link createFaceFinder} looks for faces. */
export interface FaceFinderOptions {
  /** At most so many faces are returned, the largest first. Default: all. */
  readonly maxFaces?: number | undefined;
  /** Faces whose mesh fits with less confidence are left out, 0 to 1. Default 0.75. */
  readonly minScore?: number | undefined;
  /** Width in photo pixels of the smallest face to look for; smaller takes longer. Default 48. */
  readonly minFaceSize?: number | undefined;
  /** Folder (Node) or URL (browsers) of the model files. Default: the ones that come with this package. */
  readonly assets?: string | undefined;
}

const faceFinderOptionsSchema = v.strictObject({
  maxFaces: v.optional(v.union([v.pipe(v.number(), v.integer(), v.minValue(1)), v.literal(Infinity)]), Infinity),
  minScore: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.75),
  minFaceSize: v.optional(v.pipe(v.number(), v.minValue(16)), 48),
  assets: v.optional(v.string()),
});

/** Checks the options of a finder and fills in the defaults. */
export function parseFaceFinderOptions(options: FaceFinderOptions) {
  return parseOptions(faceFinderOptionsSchema, options, 'createFaceFinder');
}
