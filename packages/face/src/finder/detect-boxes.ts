import { transformPoint } from '../geometry/affine.js';
import type { ImageModel } from './graph-model.js';
import { type ImagePyramid, type Square, sampleSquare, squareToPhoto } from './image-pyramid.js';

/** A place where a face may be, in the photograph's pixels. */
export interface FaceCandidate {
  /** The detector's box: centre and side. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** Angle of the line from the left to the right eye, radians. */
  readonly angle: number;
  /** 0 to 1. */
  readonly score: number;
}

interface AnchorGrid {
  /** Pixels between anchors. */
  readonly stride: number;
  /** Boxes that each grid place predicts. */
  readonly boxes: number;
}

// The detector predicts on a fine and on a coarse grid; per box 2 values centre, 2 size, 6 points of 2.
const grids: readonly AnchorGrid[] = [
  { stride: 16, boxes: 2 },
  { stride: 32, boxes: 6 },
];
const valuesPerBox = 16;

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/**
 * Runs the detector on one square of the photograph.
 * @param minScore boxes below are dropped
 */
export async function detectBoxes(
  model: ImageModel,
  { pyramid, square, minScore }: { readonly pyramid: ImagePyramid; readonly square: Square; readonly minScore: number },
): Promise<FaceCandidate[]> {
  const size = model.inputSize;
  const image = sampleSquare(pyramid, square, size);
  const outputs = await model.run(image, { scale: 1 / 127.5, offset: -1 });
  const toPhoto = squareToPhoto(square, size);
  const scale = square.side / size;
  const found: FaceCandidate[] = [];
  for (const { stride, boxes } of grids) {
    const columns = size / stride;
    const count = columns * columns * boxes;
    const logits = outputs.get(count)!; // [count]
    const values = outputs.get(count * valuesPerBox)!; // [count, 16]
    for (let i = 0; i < count; i++) {
      const score = sigmoid(logits[i]!);
      if (score < minScore) continue;
      const cell = Math.floor(i / boxes);
      // The model measures from the corner of the first pixel, images from its centre: half a pixel less.
      const anchorX = ((cell % columns) + 0.5) * stride - 0.5;
      const anchorY = (Math.floor(cell / columns) + 0.5) * stride - 0.5;
      const at = i * valuesPerBox;
      const [x, y] = transformPoint([anchorX + values[at]!, anchorY + values[at + 1]!], toPhoto);
      const angle = Math.atan2(values[at + 7]! - values[at + 5]!, values[at + 6]! - values[at + 4]!);
      found.push({
        x,
        y,
        side: Math.max(values[at + 2]!, values[at + 3]!) * scale,
        angle: angle + square.angle,
        score,
      });
    }
  }
  return found;
}

/** Area of the common part of two upright squares over the area of both together, 0 to 1. */
export function computeOverlap(
  a: Omit<FaceCandidate, 'angle' | 'score'>,
  b: Omit<FaceCandidate, 'angle' | 'score'>,
): number {
  const common = (p: number, q: number) =>
    Math.max(0, Math.min(p + a.side / 2, q + b.side / 2) - Math.max(p - a.side / 2, q - b.side / 2));
  const shared = common(a.x, b.x) * common(a.y, b.y);
  return shared / (a.side * a.side + b.side * b.side - shared);
}

/** Keeps the best of candidates that overlap by more than a limit. The order of the input decides between equals. */
export function suppressOverlaps(candidates: readonly FaceCandidate[], limit: number): FaceCandidate[] {
  const kept: FaceCandidate[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => computeOverlap(candidate, other) <= limit)) kept.push(candidate);
  }
  return kept;
}
