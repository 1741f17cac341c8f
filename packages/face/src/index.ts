export type {
  ExpressionProbabilities,
  Face,
  FaceBox,
  FaceDescription,
  FaceFinder,
  FaceQuality,
  QualityReason,
} from './finder/face.js';
export { createFaceFinder } from './finder/face-finder.js';
export type { FaceFinderOptions } from './finder/face-finder-options.js';
export type { GraphModelFiles } from './finder/model-files.js';
export { readFaceNetwork } from './finder/model-files.js';
export { computeSharpness } from './finder/quality.js';
export type { Matrix2x3, Point } from './geometry/affine.js';
export { invertAffine, pickPoints, transformPoints } from './geometry/affine.js';
export { computeEyeDistance } from './geometry/eye-distance.js';
export type { AlignmentOptions, FaceCrop, Landmarks5 } from './geometry/face-crop.js';
export { computeAlignment, cropFace, faceCropSize, faceCropVersion } from './geometry/face-crop.js';
export { computeMeshBox } from './geometry/mesh-box.js';
export { estimateSimilarity } from './geometry/similarity.js';
export { warpAffine } from './geometry/warp-affine.js';
export type { DecodeOptions, ImageSource } from './image/decode-image.js';
export { decodeImage } from './image/decode-image.js';
export { encodeJpeg, encodePng } from './image/encode-image.js';
export type { ChannelValues, ModelInputOptions } from './image/model-input.js';
export { clipMean, clipStd, normalizePixels, toModelInput } from './image/model-input.js';
export type { PixelImage } from './image/pixel-image.js';
export type { ImageSize } from './image/resize-bicubic.js';
export { resizeBicubic, resizeShortSide } from './image/resize-bicubic.js';
export type { FloatImage } from './image/resize-tensor-bicubic.js';
export { resizeTensorBicubic } from './image/resize-tensor-bicubic.js';
export type { FaceRegion } from './regions/draw-region-mask.js';
export { drawRegionMask } from './regions/draw-region-mask.js';
export type { FaceRegion68 } from './regions/draw-region-mask-68.js';
export { drawRegionMask68 } from './regions/draw-region-mask-68.js';
export type { RegionMaskOptions } from './regions/draw-shape.js';
export { toLandmarks68 } from './regions/landmarks-68.js';
export type { Mask } from './regions/mask.js';
export { meshIndices, meshPointCount } from './regions/mesh-indices.js';
export { computeCosineSimilarity } from './tracks/cosine-similarity.js';
export type { FaceTracker, FaceTrackerOptions, TrackableFace } from './tracks/face-tracker.js';
export { computeBoxOverlap, createFaceTracker } from './tracks/face-tracker.js';
