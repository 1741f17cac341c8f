import { meanPoint, transformPoint } from '../geometry/affine.js';
import { meshIndices, meshPointCount } from '../regions/mesh-indices.js';
import type { FaceCandidate } from './detect-boxes.js';
import type { ImageModel } from './graph-model.js';
import { type ImagePyramid, type Square, sampleSquare, squareToPhoto } from './image-pyramid.js';

/** The mesh model's answer for one square. */
export interface MeshFit {
  /** 0 to 1: that the square shows a face. */
  readonly score: number;
  /** [468, 2] in the photograph's pixels. */
  readonly points: Float32Array;
  /** [468] depth in the photograph's pixels, smaller is nearer. */
  readonly depth: Float32Array;
}

// The mesh model was made for squares one and a half times as wide as the face.
const squareShare = 1.5;

/** The square that the mesh model looks at, from the detector's box. */
export function squareOfCandidate({ x, y, side, angle }: FaceCandidate): Square {
  return snapToGrid({ x, y, side: side * squareShare, angle });
}

/**
 * A square on a grid of 1/256 to 1/512 of its side. The mesh model sees pixels rounded to bytes, and its answer is the next
 * pass's square: without the grid a rounding error of 1e-6 flips bytes, and engines end 1e-3 pixels apart instead of 1e-5.
 */
function snapToGrid({ x, y, side, angle }: Square): Square {
  const step = 2 ** Math.floor(Math.log2(side)) / 256;
  const snap = (value: number, grid: number) => Math.round(value / grid) * grid;
  return { x: snap(x, step), y: snap(y, step), side: snap(side, step), angle: snap(angle, 1 / 512) };
}

/** The square around a mesh, upright with the face: its x axis runs along the line of the eyes. */
export function squareOfMesh(points: Float32Array, share = squareShare): Square {
  const left = meanPoint(points, meshIndices.leftEye);
  const right = meanPoint(points, meshIndices.rightEye);
  const angle = Math.atan2(right[1] - left[1], right[0] - left[0]);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let [minU, maxU, minV, maxV] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < meshPointCount; i++) {
    const u = cos * points[2 * i]! + sin * points[2 * i + 1]!;
    const v = -sin * points[2 * i]! + cos * points[2 * i + 1]!;
    minU = Math.min(minU, u);
    maxU = Math.max(maxU, u);
    minV = Math.min(minV, v);
    maxV = Math.max(maxV, v);
  }
  const u = (minU + maxU) / 2;
  const v = (minV + maxV) / 2;
  const side = share * Math.max(maxU - minU, maxV - minV);
  return snapToGrid({ x: cos * u - sin * v, y: sin * u + cos * v, side, angle });
}

/** Fits the face mesh in one square of the photograph. */
export async function fitMesh(model: ImageModel, pyramid: ImagePyramid, square: Square): Promise<MeshFit> {
  const size = model.inputSize;
  const outputs = await model.run(sampleSquare(pyramid, square, size), { scale: 1 / 255, offset: 0 });
  const values = outputs.get(meshPointCount * 3)!; // [468, 3]
  const toPhoto = squareToPhoto(square, size);
  const points = new Float32Array(meshPointCount * 2);
  const depth = new Float32Array(meshPointCount);
  for (let i = 0; i < meshPointCount; i++) {
    // The model measures from the corner of the first pixel, images from its centre.
    const point = transformPoint([values[3 * i]! - 0.5, values[3 * i + 1]! - 0.5], toPhoto);
    points.set(point, 2 * i);
    depth[i] = (values[3 * i + 2]! * square.side) / size;
  }
  return { score: outputs.get(1)![0]!, points, depth };
}
