import { createRandom } from '@sofd/core';
import { meshIndices, meshPointCount, type PixelImage } from '@sofd/face';
import type { FaceSample } from '../src/face-sample.js';
import meanMesh from './mean-mesh.json' with { type: 'json' };

const { leftEye, rightEye, leftEyebrow, rightEyebrow, lipsOuter, nose, faceOval } = meshIndices;

/** What is drawn, later over earlier: the ellipse that bounds an outline, and its colour. */
const parts = [
  { outline: faceOval, color: [205, 160, 140] },
  { outline: nose, color: [200, 150, 130] },
  { outline: leftEyebrow, color: [60, 40, 30] },
  { outline: rightEyebrow, color: [60, 40, 30] },
  { outline: leftEye, color: [235, 235, 230] },
  { outline: rightEye, color: [235, 235, 230] },
  { outline: lipsOuter, color: [170, 70, 80] },
] as const;

/** What a drawn face may differ in. */
export interface SyntheticFaceOptions {
  readonly id: string;
  readonly identity?: string;
  readonly size?: number;
  /** Shift of every point, as a part of the side. */
  readonly shift?: readonly [number, number];
  /** Width of the face. */
  readonly stretch?: number;
  /** Added to every channel of the skin. */
  readonly tone?: number;
}

/** The mean mesh in pixels of the crop. */
function placeMesh({ size = 112, shift = [0, 0], stretch = 1 }: SyntheticFaceOptions): Float32Array {
  const mesh = new Float32Array(meshPointCount * 2);
  for (let i = 0; i < meshPointCount; i++) {
    mesh[2 * i] = (0.5 + stretch * (meanMesh.points[2 * i]! - 0.5) + shift[0]) * size;
    mesh[2 * i + 1] = (meanMesh.points[2 * i + 1]! + shift[1]) * size;
  }
  return mesh;
}

/** Whether a pixel lies in the ellipse that bounds an outline. */
function createEllipse(mesh: Float32Array, outline: readonly number[]): (x: number, y: number) => boolean {
  const range = (axis: 0 | 1) => {
    const values = outline.map((index) => mesh[2 * index + axis]!);
    return [Math.min(...values), Math.max(...values)] as const;
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  return (x, y) => ((2 * x - left - right) / (right - left)) ** 2 + ((2 * y - top - bottom) / (bottom - top)) ** 2 <= 1;
}

/** Draws an oval face with eyes, brows, nose and mouth, lit from one side, some grain, and the mesh that lies on them. */
export function createSyntheticFace(options: SyntheticFaceOptions): FaceSample {
  const { id, identity = id, size = 112, tone = 0 } = options;
  const random = createRandom(id);
  const data = new Uint8ClampedArray(size * size * 3);
  const mesh = placeMesh(options);
  const shapes = parts.map(({ outline, color }) => ({ outline, color, contains: createEllipse(mesh, outline) }));
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    let color: readonly number[] = [70, 90, 110];
    for (const shape of shapes) {
      if (!shape.contains(x, y)) continue;
      color = shape.outline === faceOval ? shape.color.map((v) => v + tone + 40 * (x / size - 0.5)) : shape.color;
    }
    for (let c = 0; c < 3; c++) data[3 * i + c] = color[c]! + random.uniformBetween(-6, 6);
  }
  const at = (index: number) => [mesh[2 * index]!, mesh[2 * index + 1]!] as const;
  const between = (first: number, second: number) =>
    [0, 1].map((axis) => (at(first)[axis]! + at(second)[axis]!) / 2) as [number, number];
  const landmarks = [between(33, 133), between(362, 263), at(4), at(61), at(291)] as const;
  const crop: PixelImage = { width: size, height: size, data };
  return { id, identity, source: `${id}.jpg`, crop, mesh, landmarks, pair: null };
}
