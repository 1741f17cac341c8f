import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SofdError, throwIfAborted } from '@sofd/core';
import {
  cropFace,
  decodeImage,
  type Face,
  faceCropSize,
  type Landmarks5,
  type PixelImage,
  resizeBicubic,
  transformPoints,
} from '@sofd/face';
import type { FaceSample } from '../face-sample.js';
import type { DescribedFace } from '../identity/cluster-identities.js';
import { hashBytes } from './compute-digest.js';
import type { ResolvedExpandOptions } from './expand-options.js';

/** Something that was left out, and why. */
export interface SkippedItem {
  /** Photograph relative to the input folder; `#n` names its n-th largest face, from 0. */
  readonly file: string;
  readonly reason: string;
}

/** A face whose person is not known yet. */
export type FoundFace = Omit<FaceSample, 'identity'> & DescribedFace;

/** The usable faces of a folder. */
export interface FaceCollection {
  /** Photographs that could be decoded. */
  readonly photos: number;
  readonly faces: readonly FoundFace[];
  readonly skipped: readonly SkippedItem[];
}

type CollectOptions = Pick<
  ResolvedExpandOptions,
  'input' | 'finder' | 'cropSize' | 'minEyeDistance' | 'minQuality' | 'minAge' | 'onProgress' | 'signal'
>;

/** Why a face is not used before anything is computed of it, or null. */
function findFlaw({ quality }: Face, { minEyeDistance, minQuality }: CollectOptions): string | null {
  if (quality.size < minEyeDistance) {
    return `eyes ${quality.size.toFixed(1)} pixels apart: under the limit of ${minEyeDistance}`;
  }
  if (quality.score < minQuality) {
    const reasons = quality.reasons.length > 0 ? ` (${quality.reasons.join(', ')})` : '';
    return `face quality ${quality.score.toFixed(2)}${reasons}: under the limit of ${minQuality}`;
  }
  return null;
}

/** The versioned crop of a face at the size that is stored, with mesh and landmarks in its pixels. */
function cropSample(photo: PixelImage, face: Face, size: number): Pick<FaceSample, 'crop' | 'mesh' | 'landmarks'> {
  const { image, matrix } = cropFace(photo, face.landmarks);
  const scale = size / faceCropSize;
  // Pixel centres lie at whole numbers, so a resize also moves the origin by half a pixel's difference.
  const shift = (scale - 1) / 2;
  const [a, b, c, d, e, f] = matrix;
  const toCrop = [a * scale, b * scale, c * scale + shift, d * scale, e * scale, f * scale + shift] as const;
  const points = transformPoints(Float32Array.from(face.landmarks.flat()), toCrop);
  const landmarks = [0, 1, 2, 3, 4].map((i) => [points[2 * i]!, points[2 * i + 1]!] as const);
  return {
    crop: size === faceCropSize ? image : resizeBicubic(image, { width: size, height: size }),
    mesh: transformPoints(face.mesh, toCrop),
    landmarks: landmarks as unknown as Landmarks5,
  };
}

async function collectPhoto(source: string, photo: PixelImage, hash: string, options: CollectOptions) {
  const { finder, minAge, cropSize, signal } = options;
  const faces: FoundFace[] = [];
  const skipped: SkippedItem[] = [];
  const found = await finder.find(photo);
  if (found.length === 0) skipped.push({ file: source, reason: 'no face found' });
  for (const [index, face] of found.entries()) {
    throwIfAborted(signal, 'expandFolder');
    const file = `${source}#${index}`;
    const flaw = findFlaw(face, options);
    if (flaw !== null) {
      skipped.push({ file, reason: flaw });
      continue;
    }
    const { descriptor, age } = await finder.describe(photo, face);
    if (age < minAge) {
      skipped.push({ file, reason: `estimated age ${Math.round(age)}: under ${minAge}, left out as a precaution` });
      continue;
    }
    faces.push({ id: `${hash.slice(0, 12)}-${index}`, source, descriptor, ...cropSample(photo, face, cropSize) });
  }
  return { faces, skipped };
}

/**
 * Finds the usable faces of some photographs. What cannot be read or used is skipped with a reason, never dropped silently.
 *
 * @param photos paths relative to the input folder
 */
export async function collectFaces(photos: readonly string[], options: CollectOptions): Promise<FaceCollection> {
  const faces: FoundFace[] = [];
  const skipped: SkippedItem[] = [];
  const seen = new Map<string, string>();
  let decoded = 0;
  for (const [done, source] of photos.entries()) {
    throwIfAborted(options.signal, 'expandFolder');
    options.onProgress?.({ stage: 'find faces', done, total: photos.length, note: source });
    try {
      const bytes = await readFile(join(options.input, source));
      const hash = hashBytes(bytes);
      const twin = seen.get(hash);
      if (twin !== undefined) {
        skipped.push({ file: source, reason: `the same file as ${twin}` });
        continue;
      }
      const photo = await decodeImage(bytes);
      seen.set(hash, source);
      decoded++;
      const result = await collectPhoto(source, photo, hash, options);
      faces.push(...result.faces);
      skipped.push(...result.skipped);
    } catch (error) {
      if (!isSkippable(error)) throw error;
      skipped.push({ file: source, reason: error.message });
    }
  }
  options.onProgress?.({ stage: 'find faces', done: photos.length, total: photos.length });
  return { photos: decoded, faces, skipped };
}

/** A photograph that cannot be used is no reason to stop; anything else is. */
function isSkippable(error: unknown): error is SofdError {
  return SofdError.isInstance(error) && ['IMAGE_DECODE', 'IMAGE_SIZE', 'NO_FACE'].includes(error.code);
}
