import { computeEyeDistance } from '../geometry/eye-distance.js';
import { cropFace, type Landmarks5 } from '../geometry/face-crop.js';
import type { PixelImage } from '../image/pixel-image.js';
import type { ImageSize } from '../image/resize-bicubic.js';
import { meshIndices } from '../regions/mesh-indices.js';
import type { FaceQuality, QualityReason } from './face.js';
import type { MeshFit } from './fit-mesh.js';

// Side of the crop that sharpness is measured on: what a model of 224 pixels sees.
const sharpnessSize = 224;
const { leftCheek, rightCheek } = meshIndices;

/** Below these (above, for the turn in degrees and the share outside) a face gets the reason; the score falls in proportion. */
const limits = { size: 24, blur: 20, yaw: 40, outside: 0.05 } as const;

/** Variance of the Laplacian (4 neighbours) of the grey image; larger is sharper. */
export function computeSharpness({ width, height, data }: PixelImage): number {
  const grey = new Float64Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!;
  }
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value = grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]! - 4 * grey[at]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = Math.max(1, (width - 2) * (height - 2));
  return squares / count - (sum / count) ** 2;
}

/** Turn of the head in degrees, from the depths of the two sides of the face. */
function estimateYaw({ points, depth }: MeshFit): number {
  const across = Math.hypot(
    points[2 * rightCheek]! - points[2 * leftCheek]!,
    points[2 * rightCheek + 1]! - points[2 * leftCheek + 1]!,
  );
  return (Math.atan2(depth[rightCheek]! - depth[leftCheek]!, across) * 180) / Math.PI;
}

/** The share of a mesh's points that lie outside of the image. */
function computeShareOutside(points: Float32Array, { width, height }: ImageSize): number {
  let outside = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    if (x < 0 || y < 0 || x > width - 1 || y > height - 1) outside++;
  }
  return outside / (points.length / 2);
}

/** Judges how well a face can be seen. */
export function assessQuality(image: PixelImage, fit: MeshFit, landmarks: Landmarks5): FaceQuality {
  const size = computeEyeDistance(fit.points);
  const blur = computeSharpness(cropFace(image, landmarks, { size: sharpnessSize }).image);
  const yaw = estimateYaw(fit);
  const outside = computeShareOutside(fit.points, image);
  const reasons: QualityReason[] = [];
  if (size < limits.size) reasons.push('small');
  if (blur < limits.blur) reasons.push('blurred');
  if (Math.abs(yaw) > limits.yaw) reasons.push('profile');
  if (outside > limits.outside) reasons.push('border');
  const turn = Math.max(0, Math.cos((yaw * Math.PI) / 180));
  const score =
    Math.min(1, size / (2 * limits.size)) * Math.min(1, blur / (2 * limits.blur)) ** 0.5 * turn * (1 - outside) ** 2;
  return { size, blur, yaw, score, reasons };
}
