import { join } from 'node:path';
import { DatasetError } from '@sofd/core';
import { decodeImage, type Landmarks5 } from '@sofd/face';
import type { FaceSample } from '../../face-sample.js';
import { requireResult, workPaths } from '../work-folder.js';
import type { FaceReference } from './expand-job.js';

/** Why something is left out, in the order in which it happens. */
export const skipCauses = [
  'duplicate',
  'unreadable',
  'no face',
  'too small',
  'low quality',
  'too young',
  'no counterpart',
  'no donor',
] as const;

/** Why something was left out: what skipped items are counted by. */
export type SkipCause = (typeof skipCauses)[number];

/** Something that was left out, and why. */
export interface SkippedItem {
  /** File relative to the input folder; `#n` names its n-th largest face, from 0, and `@n` the n-th frame of a video. */
  readonly file: string;
  readonly cause: SkipCause;
  readonly reason: string;
}

/** A face as a find job leaves it; the crop is a file beside. Arrays of floats are base64 of their little-endian bytes. */
export interface FoundFace {
  readonly id: string;
  /** Id of the item of the input. */
  readonly item: string;
  readonly source: string;
  readonly video: string | null;
  readonly frame: number | null;
  readonly track: number | null;
  readonly quality: number;
  /** Id of the real face that a fake was cut beside. */
  readonly pair: string | null;
  readonly landmarks: Landmarks5;
  readonly mesh: string;
  readonly tones: string;
  /** `null` for a fake beside its real face: it is of the same person, as the splits are concerned. */
  readonly descriptor: string | null;
}

/** Result of a find job. */
export interface FoundFaces {
  readonly faces: readonly FoundFace[];
  readonly skipped: readonly SkippedItem[];
  /** Images and videos that could be read. */
  readonly read: number;
}

/** Bytes of some floats as text. */
export const packFloats = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** Floats of {@link packFloats}. */
export const unpackFloats = (text: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

/** Reads a face that a find job left. */
export async function readFoundFace(work: string, { id, found }: FaceReference): Promise<FoundFace> {
  const { faces } = await requireResult<FoundFaces>(work, found);
  const face = faces.find((one) => one.id === id);
  if (face !== undefined) return face;
  throw new DatasetError(`expandFolder: expected the face ${id} in the result ${found}, got none; remove ${work}`);
}

/** A face with its crop, as expansion modes read it. */
export async function loadSample(work: string, face: FoundFace, identity: string): Promise<FaceSample> {
  const { id, source, landmarks, pair } = face;
  const crop = await decodeImage(join(work, workPaths.crop(id)));
  return { id, identity, source, crop, mesh: unpackFloats(face.mesh), landmarks, pair };
}
