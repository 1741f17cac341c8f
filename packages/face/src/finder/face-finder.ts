import { BackendUnavailableError } from '@sofd/core';
import { meanPoint } from '../geometry/affine.js';
import type { Landmarks5 } from '../geometry/face-crop.js';
import { computeMeshBox } from '../geometry/mesh-box.js';
import { assertPixelImage, type PixelImage } from '../image/pixel-image.js';
import { meshIndices } from '../regions/mesh-indices.js';
import { describeExpression } from './describe-expression.js';
import { describeFace } from './describe-face.js';
import { computeOverlap, detectBoxes, type FaceCandidate, suppressOverlaps } from './detect-boxes.js';
import type { Face, FaceFinder } from './face.js';
import { type FaceFinderOptions, parseFaceFinderOptions } from './face-finder-options.js';
import { fitMesh, type MeshFit, squareOfCandidate, squareOfMesh } from './fit-mesh.js';
import { type ImageModel, loadImageModel } from './graph-model.js';
import { createPyramid, type ImagePyramid, type Square } from './image-pyramid.js';
import { assessQuality } from './quality.js';
import { isCutByTile, leavesRoomForLarge, planPadded, planTiles } from './tiles.js';

// Low: the detector proposes, the mesh model decides.
const candidateScore = 0.3;
const confidentScore = 0.5;
const candidateOverlap = 0.3;
const hopelessScore = 0.05;
const mostPasses = 5;
// A mesh on a face settles within three passes; one that wanders is on none.
const settledOverlap = 0.9;
// Two meshes that cover each other by more are one face, found from two boxes; the better box goes first. The mesh of a weak
// proposal that touches another face is a forehead or a cheek of it.
const mostCover = 0.4;
const mostWeakCover = 0.05;

interface Models {
  readonly detector: ImageModel;
  readonly mesh: ImageModel;
}

type Limits = Omit<ReturnType<typeof parseFaceFinderOptions>, 'assets'>;

function computeLandmarks(points: Float32Array): Landmarks5 {
  const at = (index: number) => meanPoint(points, [index]);
  return [
    meanPoint(points, meshIndices.leftEye),
    meanPoint(points, meshIndices.rightEye),
    at(meshIndices.noseTip),
    at(meshIndices.leftMouthCorner),
    at(meshIndices.rightMouthCorner),
  ];
}

/** Fits the mesh again and again, each time in the square around the last one, until it stays where it is. */
async function fitCandidate(
  model: ImageModel,
  pyramid: ImagePyramid,
  { candidate, minScore }: { readonly candidate: FaceCandidate; readonly minScore: number },
): Promise<MeshFit | null> {
  let square = squareOfCandidate(candidate);
  for (let pass = 0; pass < mostPasses; pass++) {
    const fit = await fitMesh(model, pyramid, square);
    // A poor box may still lead to the face beside it; nothing leads from a hopeless place.
    if (fit.score < hopelessScore) return null;
    const next = squareOfMesh(fit.points);
    const isSettled = pass > 0 && computeOverlap(square, next) >= settledOverlap;
    if (isSettled) return fit.score >= minScore ? fit : null;
    square = next;
  }
  return null;
}

/** How much of the smaller of two upright squares lies in the other, 0 to 1. */
function computeCover(a: Square, b: Square): number {
  const overlap = computeOverlap(a, b);
  const shared = (overlap * (a.side ** 2 + b.side ** 2)) / (1 + overlap);
  return shared / Math.min(a.side, b.side) ** 2;
}

interface FoundMesh {
  readonly fit: MeshFit;
  readonly candidate: FaceCandidate;
}

/** One mesh a face, of those in the order of their proposals' scores. */
function keepDistinct(found: readonly FoundMesh[]): MeshFit[] {
  const kept: { readonly fit: MeshFit; readonly square: Square }[] = [];
  for (const { fit, candidate } of found) {
    const square = squareOfMesh(fit.points, 1);
    const limit = candidate.score >= confidentScore ? mostCover : mostWeakCover;
    if (kept.every((other) => computeCover(square, other.square) <= limit)) kept.push({ fit, square });
  }
  return kept.map(({ fit }) => fit);
}

/** Where faces may be, the best proposals first. */
async function findCandidates(
  image: PixelImage,
  {
    detector,
    pyramid,
    limits,
  }: { readonly detector: ImageModel; readonly pyramid: ImagePyramid; readonly limits: Limits },
): Promise<FaceCandidate[]> {
  const candidates: FaceCandidate[] = [];
  const lookAt = async (square: Square) => {
    const boxes = await detectBoxes(detector, { pyramid, square, minScore: candidateScore });
    candidates.push(...boxes.filter((box) => !isCutByTile(box, square, image)));
  };
  for (const square of planTiles(image, limits.minFaceSize)) await lookAt(square);
  const isSureOfAll = candidates.some(({ score, side }) => score >= confidentScore && !leavesRoomForLarge(side, image));
  if (!isSureOfAll) await lookAt(planPadded(image));
  return suppressOverlaps(candidates, candidateOverlap);
}

async function findFaces(image: PixelImage, models: Models, limits: Limits): Promise<Face[]> {
  assertPixelImage(image, 'FaceFinder.find');
  const pyramid = createPyramid(image, models.mesh.inputSize);
  const found: FoundMesh[] = [];
  for (const candidate of await findCandidates(image, { detector: models.detector, pyramid, limits })) {
    const fit = await fitCandidate(models.mesh, pyramid, { candidate, minScore: limits.minScore });
    if (fit) found.push({ fit, candidate });
  }
  const faces = keepDistinct(found).map((fit): Face => {
    const landmarks = computeLandmarks(fit.points);
    const quality = assessQuality(image, fit, landmarks);
    return { box: computeMeshBox(fit.points), score: fit.score, mesh: fit.points, landmarks, quality };
  });
  const area = ({ box }: Face) => box.width * box.height;
  return faces.sort((a, b) => area(b) - area(a)).slice(0, limits.maxFaces);
}

/**
 * Loads the face models onto the active engine.
 *
 * The detector looks at the whole image, at overlapping tiles, and for a face that fills the image; each proposal is turned upright by the line of its eyes, and a
 * mesh of 468 points is fitted twice; the mesh model's confidence decides.
 * @throws BackendUnavailableError when no engine is active or the models cannot be read
 * @throws InvalidOptionError when an option is unknown or out of range
 * @example
 * ```ts
 * import { wasm } from '@sofd/backend-wasm';
 * import { createFaceFinder } from '@sofd/face';
 * import { useBackend } from '@sofd/tensor';
 *
 * await useBackend(wasm());
 * const finder = await createFaceFinder({ maxFaces: 5 });
 * const faces = await finder.find({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) }); // []
 * finder.dispose();
 * ```
 */
export async function createFaceFinder(options: FaceFinderOptions = {}): Promise<FaceFinder> {
  const { assets, ...limits } = parseFaceFinderOptions(options);
  const models = await loadModels(assets);
  // Larger than the others together, and only some callers describe faces.
  const described = new Map<'faceres' | 'emotion', Promise<ImageModel>>();
  const load = (name: 'faceres' | 'emotion') => {
    const model = described.get(name) ?? loadImageModel(name, assets);
    described.set(name, model);
    return model;
  };
  let isDisposed = false;
  const assertInUse = (where: string) => {
    if (!isDisposed) return;
    throw new BackendUnavailableError(
      `${where}: expected a finder in use, got one that was disposed of; create another.`,
    );
  };
  return {
    async find(image) {
      assertInUse('FaceFinder.find');
      return findFaces(image, models, limits);
    },
    async describe(image, face) {
      assertInUse('FaceFinder.describe');
      return describeFace(await load('faceres'), image, face);
    },
    async describeExpression(image, face) {
      assertInUse('FaceFinder.describeExpression');
      return describeExpression(await load('emotion'), image, face);
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      for (const model of Object.values(models)) model.dispose();
      // A model that never loaded has nothing to free; its error went to the caller that asked for it.
      for (const model of described.values()) {
        model.then(
          (loaded) => loaded.dispose(),
          () => {},
        );
      }
    },
  };
}

async function loadModels(assets: string | undefined): Promise<Models> {
  const detector = await loadImageModel('blazeface', assets);
  try {
    return { detector, mesh: await loadImageModel('facemesh', assets) };
  } catch (error) {
    detector.dispose();
    throw error;
  }
}
