import { type Progress, SofdError } from '@sofd/core';
import { clusterIdentities, type FaceSample } from '@sofd/dataset';
import {
  createFaceFinder,
  cropFace,
  decodeImage,
  type Face,
  type FaceFinder,
  type Point,
  transformPoints,
} from '@sofd/face';
import type { Kind, Photograph } from '../messages.js';

/** A face as training and expansion use it. */
export interface LabelledFace extends FaceSample {
  readonly name: string;
  readonly kind: Kind;
}

type Described = Omit<LabelledFace, 'identity'> & { readonly descriptor: Float32Array };

/** The limits of `sofd expand`. */
const limits = { eyeDistance: 24, quality: 0.2, age: 18 };
/** Faces that are more alike are one person's. */
const identityThreshold = 0.52;

/** Lets a message in, such as the one to stop. */
export const breathe = () => new Promise((resolve) => setTimeout(resolve, 0));

function findFlaw({ quality }: Face, age: number): string | null {
  if (quality.size < limits.eyeDistance) return 'the face is too small';
  if (quality.score < limits.quality) return `the face is hard to see (${quality.reasons.join(', ')})`;
  return age < limits.age ? 'the face may be that of a minor, left out as a precaution' : null;
}

function cropSample({ file, kind }: Photograph, place: string, photo: Parameters<typeof cropFace>[0], face: Face) {
  const { image: crop, matrix } = cropFace(photo, face.landmarks);
  const landmarks = face.landmarks.map((point) => {
    const [x, y] = transformPoints(Float32Array.from(point), matrix);
    return [x, y] as unknown as Point;
  }) as unknown as FaceSample['landmarks'];
  const mesh = transformPoints(face.mesh, matrix);
  return { id: place, name: place, kind, source: file.name, crop, mesh, landmarks, pair: null };
}

/** The faces of a real photograph; of an altered one the largest, because nobody said that the others are altered too. */
async function findInPhotograph(photograph: Photograph, finder: FaceFinder) {
  const { file, kind } = photograph;
  const photo = await decodeImage(file);
  const found = await finder.find(photo);
  const faces: Described[] = [];
  const leftOut = found.length === 0 ? [`${file.name}: no face found`] : [];
  for (const [index, face] of (kind === 'real' ? found : found.slice(0, 1)).entries()) {
    const place = found.length > 1 ? `${file.name}, face ${index + 1}` : file.name;
    const { descriptor, age } = await finder.describe(photo, face);
    const flaw = findFlaw(face, age);
    if (flaw === null) faces.push({ ...cropSample(photograph, place, photo, face), descriptor });
    else leftOut.push(`${place}: ${flaw}`);
  }
  return { faces, leftOut };
}

/** Finds the faces of all photographs and who is the same person; says what was left out and why. */
export async function findFaces(
  photographs: readonly Photograph[],
  onProgress: Progress,
): Promise<{ readonly faces: readonly LabelledFace[]; readonly leftOut: readonly string[] }> {
  const finder = await createFaceFinder();
  const described: Described[] = [];
  const leftOut: string[] = [];
  try {
    for (const [done, photograph] of photographs.entries()) {
      onProgress({ stage: 'Looking for faces', done, total: photographs.length });
      await breathe();
      try {
        const found = await findInPhotograph(photograph, finder);
        described.push(...found.faces);
        leftOut.push(...found.leftOut);
      } catch (error) {
        // One file that is no image shall not cost the others.
        if (!SofdError.isInstance(error)) throw error;
        leftOut.push(`${photograph.file.name}: ${error.message}`);
      }
    }
  } finally {
    finder.dispose();
  }
  const { identityOf } = clusterIdentities(described, { threshold: identityThreshold });
  return { faces: described.map((face) => ({ ...face, identity: identityOf.get(face.id)! })), leftOut };
}
