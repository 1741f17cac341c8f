import {
  computeBoxOverlap,
  computeMeshBox,
  type ExpressionProbabilities,
  type Face,
  type FaceDescription,
  type FaceFinder,
  type FaceQuality,
  type PixelImage,
} from '@sofd/face';

/** A crop and what the face models say of it. */
export interface DescribedCrop extends FaceDescription {
  readonly crop: PixelImage;
  readonly expression: ExpressionProbabilities;
  /** The face as the finder sees it in this crop; `null` where it sees none at the known place. */
  readonly found: {
    /** `[468, 2]` in crop pixels. */
    readonly mesh: Float32Array;
    /** Degrees. */
    readonly pose: Pick<FaceQuality, 'yaw' | 'pitch' | 'roll'>;
  } | null;
}

/** A face must be where it is known to be, at least by this overlap of the boxes. */
const leastOverlap = 0.5;

/**
 * Describes a crop for {@link measureChange}.
 *
 * Descriptor, age, gender and expression are read at the mesh that is known, that of the real face, for the real and the altered
 * crop alike: the models look at the same pixels of both, nothing that the detector does moves them, and a fake that the detector
 * does not see is described all the same. Mesh and pose are the crop's own, found again in it.
 *
 * @param finder on an active engine
 * @param crop RGB
 * @param mesh of the real face in crop pixels, `[468 or more, 2]`
 */
export async function describeCrop(finder: FaceFinder, crop: PixelImage, mesh: Float32Array): Promise<DescribedCrop> {
  const known = { mesh };
  const description = await finder.describe(crop, known);
  const expression = await finder.describeExpression(crop, known);
  const place = computeMeshBox(mesh);
  let [best, overlap]: [Face | null, number] = [null, leastOverlap];
  for (const face of await finder.find(crop)) {
    const shared = computeBoxOverlap(face.box, place);
    if (shared >= overlap) [best, overlap] = [face, shared];
  }
  if (best === null) return { ...description, crop, expression, found: null };
  const { yaw, pitch, roll } = best.quality;
  return { ...description, crop, expression, found: { mesh: best.mesh, pose: { yaw, pitch, roll } } };
}
