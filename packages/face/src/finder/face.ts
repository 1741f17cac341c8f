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
export type QualityReason = 'small' | 'blurred' | 'profile' | 'tilted' | 'occluded' | 'border';

/** How well a face can be seen. */
export interface FaceQuality {
  /** Distance between the centres of the eyes in pixels. */
  readonly size: number;
  /** Sharpness: variance of the Laplacian of the grey face crop, larger is sharper. */
  readonly blur: number;
  /** Turn of the head to the side in degrees, positive when the nose points to the image's right; 0 looks into the camera. */
  readonly yaw: number;
  /** Nod of the head in degrees, positive when the nose points up; 0 is level. */
  readonly pitch: number;
  /** Lean of the head in degrees, positive when the line of the eyes falls towards the image's right; 0 is upright. */
  readonly roll: number;
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
  /** Probability of the apparent gender female, 0 to 1. */
  readonly femaleProbability: number;
}

/** What a face expresses; the seven probabilities have the sum 1. */
export interface ExpressionProbabilities {
  readonly anger: number;
  readonly disgust: number;
  readonly fear: number;
  readonly happiness: number;
  readonly sadness: number;
  readonly surprise: number;
  readonly neutral: number;
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
   * Describes a face whose mesh lies at a known place, as where {@link find} found it in the same image. The first call loads the
   * describing model (7 MB).
   * @throws BackendUnavailableError when that model cannot be read
   */
  describe(image: PixelImage, face: Pick<Face, 'mesh'>): Promise<FaceDescription>;
  /**
   * Says what a face expresses whose mesh lies at a known place, as where {@link find} found it in the same image. The first call
   * loads the expression model (0.8 MB).
   * @throws BackendUnavailableError when that model cannot be read
   */
  describeExpression(image: PixelImage, face: Pick<Face, 'mesh'>): Promise<ExpressionProbabilities>;
  /** Frees the models; the finder cannot be used after. */
  dispose(): void;
}
