import type { Landmarks5 } from '../geometry/face-crop.js';
import type { PixelImage } from '../image/pixel-image.js';

/** A rectangle in pixels, x and y of its top left corner. It may reach over the image's border. */
export interface FaceBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Why a face is hard to judge. */
export type QualityReason = 'small' | 'blurred' | 'profile' | 'border';

/** How well a face can be seen. */
export interface FaceQuality {
  /** Distance between the centres of the eyes in pixels. */
  readonly size: number;
  /** Sharpness: variance of the Laplacian of the grey face crop, larger is sharper. */
  readonly blur: number;
  /** Turn of the head to the side in degrees, positive when the nose points to the image's right; 0 looks into the camera. */
  readonly yaw: number;
  /** 0 (useless) to 1 (large, sharp, frontal, whole). */
  readonly score: number;
  /** What lowers the score; empty for a good face. */
  readonly reasons: readonly QualityReason[];
}

/** A face that {@link FaceFinder} found. Coordinates are in the photograph's pixels. */
export interface Face {
  /** Tight around the mesh. */
  readonly box: FaceBox;
  /** Confidence of the mesh model that this is a face, 0 to 1. */
  readonly score: number;
  /** Points of the canonical face mesh, [468, 2] float32. */
  readonly mesh: Float32Array;
  /** What {@link cropFace} aligns by. */
  readonly landmarks: Landmarks5;
  readonly quality: FaceQuality;
}

/** What the describing model says of a face. */
export interface FaceDescription {
  /** Who it is like: [1024] float32; compare by cosine. */
  readonly descriptor: Float32Array;
  /** Apparent age in years. */
  readonly age: number;
}

/** Finds faces; holds its models until it is disposed of. */
export interface FaceFinder {
  /**
   * Finds the faces of an image.
   * @returns the largest first; empty when there is none
   * @throws ShapeMismatchError when the image's sides and data disagree
   */
  find(image: PixelImage): Promise<Face[]>;
  /**
   * Describes a face that {@link find} found in the same image. The first call loads the describing model (7 MB).
   * @throws BackendUnavailableError when that model cannot be read
   */
  describe(image: PixelImage, face: Face): Promise<FaceDescription>;
  /** Frees the models; the finder cannot be used after. */
  dispose(): void;
}
