import type { Verdict } from '@sofd/core';
import type { FaceBox, FaceQuality } from '@sofd/face';

/** A point in pixels of the upright photo. */
export interface FacePoint {
  readonly x: number;
  readonly y: number;
}

/** One label of the graph, read for one face. */
export interface DetectedLabel {
  /** Calibrated marginal probability that this label applies, 0..1. */
  readonly probability: number;
  /** From this probability on, the label counts as altered in a face that is judged fake. */
  readonly threshold: number;
  /** Whether it does. Never true in a face that is not judged fake. */
  readonly altered: boolean;
}

/** What was altered and where, in agreement with the verdict. */
export interface Explanation {
  /** Labels of the most likely legal state that the verdict allows, in node order; empty for a real face. */
  readonly state: readonly string[];
  /** The face attributes of that state, strongest first. */
  readonly globals: readonly string[];
  /** The face regions of that state, strongest first. */
  readonly regions: readonly string[];
  /** One sentence in plain words. */
  readonly summary: string;
}

/** One face of a photo and what the detector says about it. */
export interface DetectedFace {
  /** `face-1`, `face-2`, ...: largest first. */
  readonly id: string;
  /** In pixels of the upright photo; `null` where the image was given as a face crop (`crop: 'none'`). */
  readonly box: FaceBox | null;
  /** Left eye, right eye, nose tip, left and right mouth corner as they lie in the photo; `null` like `box`. */
  readonly landmarks: readonly FacePoint[] | null;
  /** How well the face can be seen; `null` like `box`: a crop is taken as it is. */
  readonly quality: FaceQuality | null;
  /** Calibrated probability that the face is fake, 0..1. */
  readonly probability: number;
  readonly verdict: Verdict;
  /** Every label of the graph by name, in node order. */
  readonly labels: Readonly<Record<string, DetectedLabel>>;
  readonly explanation: Explanation;
  /** The crop the model saw: version of the crop geometry (`none`: as given) and its side in pixels. */
  readonly crop: { readonly version: string; readonly size: number };
}

/**
 * What `detect` answers: plain data that `JSON.stringify` keeps whole.
 *
 * @example
 * ```ts
 * for (const face of result.faces) console.log(face.verdict, face.probability, face.explanation.summary);
 * ```
 */
export interface DetectionResult {
  /** Largest face first. Empty where none was found. */
  readonly faces: readonly DetectedFace[];
  /** The worst verdict of all faces: one fake face makes the photo fake; `no-face` where there is none. */
  readonly verdict: Verdict | 'no-face';
  /** Size of the upright photo in pixels. */
  readonly image: { readonly width: number; readonly height: number };
  /** Which weights gave the answer. */
  readonly model: { readonly name: string; readonly sha256: string; readonly version: number };
  /** The engine that computed it. */
  readonly engine: string;
  /** What the caller should know about this answer, in plain words. */
  readonly warnings: readonly string[];
}
