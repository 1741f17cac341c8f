import type { Medium } from '../common/list-media.js';

/** Folders of each part, in lower case: the official ones, and what the copies on Kaggle are called. */
const parts: Readonly<Record<string, string>> = {
  youtube: 'youtube',
  original: 'youtube',
  actors: 'actors',
  deepfakedetection_original: 'actors',
  'dfd_original sequences': 'actors',
  dfd_original_sequences: 'actors',
  deepfakes: 'Deepfakes',
  face2face: 'Face2Face',
  faceswap: 'FaceSwap',
  neuraltextures: 'NeuralTextures',
  faceshifter: 'FaceShifter',
  deepfakedetection: 'DeepFakeDetection',
  dfd_manipulated_sequences: 'DeepFakeDetection',
};

/** Compression rates, as published; `c0` is an old name of `raw`. */
const compressions: Readonly<Record<string, string>> = { raw: 'raw', c0: 'raw', c23: 'c23', c40: 'c40' };

/** Where in FaceForensics++ an image or video lies. */
interface FaceForensicsPath {
  /** `youtube` and `actors` are real, the others methods. */
  readonly part: string;
  /** Empty where no folder says so. */
  readonly compression: string;
  readonly isMask: boolean;
  readonly name: string;
}

/** Whether a part holds real videos. */
export const isReal = (part: string): boolean => part === 'youtube' || part === 'actors';

/** The method or original that a folder is named after. */
export const findPart = (folder: string): string | undefined => parts[folder.toLowerCase()];

/**
 * Reads the part, the compression and the name out of `manipulated_sequences/Deepfakes/c23/videos/000_003.mp4` and its kin.
 *
 * @returns `null` for a path outside every part
 */
export function parsePath({ folders, name }: Medium): FaceForensicsPath | null {
  // The innermost: a copy may lie in a folder "original".
  const part = folders.map(findPart).findLast((found) => found !== undefined);
  if (part === undefined) return null;
  const lower = folders.map((folder) => folder.toLowerCase());
  const compression = lower.map((folder) => compressions[folder]).find((found) => found !== undefined) ?? '';
  return { part, compression, isMask: lower.includes('masks'), name };
}

/** The two videos that `000_003`, or the two actors and the scene that `01_02__kitchen_pan__A1B2C3D4` is made of. */
export function parseFakeName(part: string, name: string): { target: string; source: string; real: string } | null {
  if (part !== 'DeepFakeDetection') {
    const match = /^(\d{3})_(\d{3})$/.exec(name);
    return match && { target: match[1]!, source: match[2]!, real: match[1]! };
  }
  const match = /^(\d+)_(\d+)__(.+?)(?:__[0-9A-Z]{8})?$/.exec(name);
  return match && { target: match[1]!, source: match[2]!, real: `${match[1]}__${match[3]}` };
}
