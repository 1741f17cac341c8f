export type { Progress, ProgressEvent, Verdict } from '@sofd/core';
export type { FaceBox, FaceQuality, ImageSource, QualityReason } from '@sofd/face';
export type { CacheOutcome } from '@sofd/model';
export { createDetector } from './create-detector.js';
export type {
  DetectedFace,
  DetectedLabel,
  DetectionResult,
  Explanation,
  FacePoint,
} from './detection-result.js';
export type { Detector, DetectorInfo } from './detector.js';
export type {
  DetectOptions,
  DetectorAssets,
  DetectorOptions,
  DetectorThresholds,
  EngineName,
} from './detector-options.js';
export type { RejectedEngine } from './engines.js';
export type { Thresholds } from './judge.js';
