import { CheckpointFormatError } from '@sofd/core';
import {
  cropFace,
  type Face,
  type FaceFinder,
  faceCropSize,
  faceCropVersion,
  type PixelImage,
  toModelInput,
} from '@sofd/face';
import type { Checkpoint } from '@sofd/model';
import type { DetectedFace } from './detection-result.js';

/** A face as the model gets it. */
export interface FaceInput extends Pick<DetectedFace, 'box' | 'landmarks' | 'quality' | 'crop'> {
  /** [imageSize, imageSize, 3], RGB, normalised as the checkpoint says. */
  readonly pixels: Float32Array;
}

/**
 * Refuses to guess: a model sees only crops of the geometry that it was trained with.
 *
 * @throws CheckpointFormatError where this version makes another crop than the checkpoint names.
 */
export function assertCropVersion({ manifest }: Checkpoint): void {
  if (manifest.input.crop === faceCropVersion) return;
  throw new CheckpointFormatError(
    `detector.detect: expected a model trained with the face crop ${faceCropVersion}, which this version makes, got one for ${manifest.input.crop}; crop the faces that way yourself and pass { crop: 'none' }.`,
  );
}

const describeFace = ({ box, landmarks, quality }: Face): Pick<FaceInput, 'box' | 'landmarks' | 'quality'> => ({
  box: { x: box.x, y: box.y, width: box.width, height: box.height },
  landmarks: landmarks.map(([x, y]) => ({ x, y })),
  quality: {
    size: quality.size,
    blur: quality.blur,
    yaw: quality.yaw,
    pitch: quality.pitch,
    roll: quality.roll,
    score: quality.score,
    reasons: [...quality.reasons],
  },
});

/** Finds, aligns and resizes every face of a photo, largest first. */
export async function findFaceInputs(
  image: PixelImage,
  finder: FaceFinder,
  { manifest }: Checkpoint,
): Promise<FaceInput[]> {
  const faces = await finder.find(image);
  return faces.map((face) => {
    const crop = cropFace(image, face.landmarks, { size: faceCropSize });
    return {
      ...describeFace(face),
      crop: { version: faceCropVersion, size: faceCropSize },
      pixels: toModelInput(crop.image, manifest.input),
    };
  });
}

/** Takes a whole image as one face crop. */
export const wholeFaceInput = (image: PixelImage, { manifest }: Checkpoint): FaceInput => ({
  box: null,
  landmarks: null,
  quality: null,
  crop: { version: 'none', size: Math.min(image.width, image.height) },
  pixels: toModelInput(image, manifest.input),
});
