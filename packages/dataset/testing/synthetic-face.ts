import { createRandom } from '@sofd/core';
import type { PixelImage } from '@sofd/face';
import type { FaceSample } from '../src/face-sample.js';

/** Outlines of the canonical mesh that region masks and alignment read, as point numbers. */
const outlines = {
  leftEye: [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
  rightEye: [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249],
  leftBrow: [70, 63, 105, 66, 107, 55, 65, 52, 53, 46],
  rightBrow: [300, 293, 334, 296, 336, 285, 295, 282, 283, 276],
  lips: [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146],
  nose: [168, 122, 196, 236, 198, 209, 49, 48, 64, 98, 97, 2, 326, 327, 294, 278, 279, 429, 420, 456, 419, 351],
} as const;

/** Single points, as parts of the crop's side. */
const points: Readonly<Record<number, readonly [number, number]>> = {
  6: [0.5, 0.44],
  197: [0.5, 0.48],
  195: [0.5, 0.52],
  5: [0.5, 0.55],
  4: [0.5, 0.58],
  1: [0.5, 0.59],
  164: [0.5, 0.66],
  199: [0.5, 0.86],
  200: [0.5, 0.83],
  57: [0.36, 0.73],
  287: [0.64, 0.73],
  111: [0.3, 0.52],
  340: [0.7, 0.52],
  205: [0.36, 0.62],
  425: [0.64, 0.62],
  9: [0.5, 0.35],
  151: [0.5, 0.25],
  50: [0.32, 0.56],
  280: [0.68, 0.56],
  101: [0.38, 0.56],
  330: [0.62, 0.56],
};

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const shapes: Readonly<Record<keyof typeof outlines, Ellipse>> = {
  leftEye: { x: 0.37, y: 0.43, width: 0.06, height: 0.025 },
  rightEye: { x: 0.63, y: 0.43, width: 0.06, height: 0.025 },
  leftBrow: { x: 0.37, y: 0.35, width: 0.07, height: 0.012 },
  rightBrow: { x: 0.63, y: 0.35, width: 0.07, height: 0.012 },
  lips: { x: 0.5, y: 0.73, width: 0.1, height: 0.035 },
  nose: { x: 0.5, y: 0.53, width: 0.05, height: 0.11 },
};

const colors: Readonly<Record<keyof typeof outlines, readonly [number, number, number]>> = {
  leftEye: [235, 235, 230],
  rightEye: [235, 235, 230],
  leftBrow: [60, 40, 30],
  rightBrow: [60, 40, 30],
  lips: [170, 70, 80],
  nose: [200, 150, 130],
};

/** What a drawn face may differ in. */
export interface SyntheticFaceOptions {
  readonly id: string;
  readonly identity?: string;
  readonly size?: number;
  /** Shift of every point, as a part of the side. */
  readonly shift?: readonly [number, number];
  /** Width of eyes, mouth and nose. */
  readonly stretch?: number;
  /** Added to every channel of the skin. */
  readonly tone?: number;
}

/** Draws an oval face with eyes, brows, nose and mouth, some grain, and the mesh points that lie on them. */
export function createSyntheticFace(options: SyntheticFaceOptions): FaceSample {
  const { id, identity = id, size = 112, shift = [0, 0], stretch = 1, tone = 0 } = options;
  const random = createRandom(id);
  const data = new Uint8ClampedArray(size * size * 3);
  const mesh = new Float32Array(468 * 2).fill(size / 2);
  const inside = (ellipse: Ellipse, x: number, y: number) =>
    ((x / size - ellipse.x - shift[0]) / (ellipse.width * stretch)) ** 2 +
      ((y / size - ellipse.y - shift[1]) / ellipse.height) ** 2 <=
    1;
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    let color: readonly number[] = [70, 90, 110];
    if (inside({ x: 0.5, y: 0.52, width: 0.32, height: 0.42 }, x, y)) {
      color = [205, 160, 140].map((value) => value + tone + 40 * (x / size - 0.5));
      for (const [name, ellipse] of Object.entries(shapes)) {
        if (inside(ellipse, x, y)) color = colors[name as keyof typeof outlines];
      }
    }
    for (let c = 0; c < 3; c++) data[3 * i + c] = color[c]! + random.uniformBetween(-6, 6);
  }
  const place = (index: number, x: number, y: number) => {
    mesh[2 * index] = (x + shift[0]) * size;
    mesh[2 * index + 1] = (y + shift[1]) * size;
  };
  for (const [index, [x, y]] of Object.entries(points)) place(Number(index), x, y);
  for (const [name, indices] of Object.entries(outlines)) {
    const { x, y, width, height } = shapes[name as keyof typeof outlines];
    // Brows and the nose's outline start elsewhere on their ellipses; for eyes and lips the first point is the outer corner.
    const start = name === 'nose' ? -Math.PI / 2 : name.startsWith('right') ? 0 : Math.PI;
    indices.forEach((index, i) => {
      const angle = start + (2 * Math.PI * i) / indices.length;
      place(index, x + width * stretch * Math.cos(angle), y + height * Math.sin(angle));
    });
  }
  const at = (x: number, y: number) => [(x + shift[0]) * size, (y + shift[1]) * size] as const;
  const landmarks = [at(0.37, 0.43), at(0.63, 0.43), at(0.5, 0.59), at(0.4, 0.73), at(0.6, 0.73)] as const;
  const crop: PixelImage = { width: size, height: size, data };
  return { id, identity, source: `${id}.jpg`, crop, mesh, landmarks };
}
