import type { PixelImage } from '../image/pixel-image.js';
import type { ImageSize } from '../image/resize-bicubic.js';
import type { Matrix2x3, Point } from './affine.js';
import { estimateSimilarity } from './similarity.js';
import { warpAffine } from './warp-affine.js';

/** Five points of a face in pixels: the eye at the image's left, the eye at its right, nose tip, mouth corner at the left, at the right. */
export type Landmarks5 = readonly [Point, Point, Point, Point, Point];

/**
 * Names the one way in which this version crops faces; a checkpoint records the crop that it was trained with.
 * It changes with every change of a pixel of {@link cropFace}'s result.
 */
export const faceCropVersion = 'arcface-1.3/v1';

/** Side of a face crop in pixels before it is resized to a model's input. */
export const faceCropSize = 317;

const faceCropScale = 1.3;

const templateSize = 112;
// Where the five points lie in a square of 112 pixels; the face is centred by the shift of 8 in x.
const template: Landmarks5 = [
  [30.2946 + 8, 51.6963],
  [65.5318 + 8, 51.5014],
  [48.0252 + 8, 71.7366],
  [33.5493 + 8, 92.3655],
  [62.7299 + 8, 92.2041],
];

/** Size of an aligned crop and how much more than the template's square it shows. */
export interface AlignmentOptions {
  /** Side of the crop in pixels, or its width and height. */
  readonly size?: number | ImageSize;
  /** 1 is the template's square; 1.3 shows a square 1.3 times as wide around it. */
  readonly scale?: number;
}

/**
 * The similarity that brings a face's five landmarks to their places in the crop.
 *
 * A template coordinate t of the 112 pixel square goes to (t size / 112 + size (scale - 1) / 2) / scale.
 * @param landmarks in the photograph's pixels
 * @returns the map from the photograph to the crop
 * @throws InvalidOptionError when the landmarks coincide or are not finite
 * @example
 * ```ts
 * import { computeAlignment } from '@sofd/face';
 * const matrix = computeAlignment([[95, 95], [140, 92], [118, 122], [102, 148], [138, 146]], { size: 317, scale: 1.3 });
 * ```
 * @see J. Deng et al., "ArcFace", CVPR 2019, for the template
 */
export function computeAlignment(
  landmarks: Landmarks5,
  { size = faceCropSize, scale = faceCropScale }: AlignmentOptions = {},
): Matrix2x3 {
  const { width, height } = typeof size === 'number' ? { width: size, height: size } : size;
  const place = (value: number, side: number) => ((value * side) / templateSize + (side * (scale - 1)) / 2) / scale;
  return estimateSimilarity(
    landmarks,
    template.map(([x, y]) => [place(x, width), place(y, height)]),
  );
}

/** An aligned face crop and how it was cut. */
export interface FaceCrop {
  readonly image: PixelImage;
  /** From the photograph's pixels to the crop's. */
  readonly matrix: Matrix2x3;
}

/**
 * Cuts an upright face of fixed place and size out of a photograph; the one crop that every part of sofd uses.
 * @param image the photograph
 * @param landmarks in its pixels
 * @param options `size`: side of the square crop in pixels
 * @returns the crop, black where it reaches over the photograph's border, and its matrix
 * @throws InvalidOptionError when the landmarks coincide or are not finite
 * @example
 * ```ts
 * import { cropFace } from '@sofd/face';
 * const photo = { width: 200, height: 200, data: new Uint8Array(120000).fill(90) };
 * const { image } = cropFace(photo, [[80, 80], [120, 80], [100, 100], [85, 125], [115, 125]]);
 * image.width; // 317
 * ```
 * @see {@link faceCropVersion}
 */
export function cropFace(
  image: PixelImage,
  landmarks: Landmarks5,
  { size = faceCropSize }: { readonly size?: number } = {},
): FaceCrop {
  const matrix = computeAlignment(landmarks, { size, scale: faceCropScale });
  return { image: warpAffine(image, matrix, { width: size, height: size }), matrix };
}
