import { invertAffine, type Matrix2x3 } from '../geometry/affine.js';
import { warpAffine } from '../geometry/warp-affine.js';
import type { PixelImage } from '../image/pixel-image.js';

/** An image and its halves, so that a large part can be sampled small without aliasing. */
export interface ImagePyramid {
  /** The image, its half, its quarter and so on. */
  readonly levels: readonly PixelImage[];
}

/** A square of a photograph, turned by an angle. */
export interface Square {
  /** Centre in pixels of the photograph. */
  readonly x: number;
  readonly y: number;
  /** Side in pixels of the photograph. */
  readonly side: number;
  /** Angle of the square's x axis in radians, towards y. */
  readonly angle: number;
}

function halve({ width, height, data }: PixelImage): PixelImage {
  const newWidth = Math.floor(width / 2);
  const newHeight = Math.floor(height / 2);
  const output = new Uint8ClampedArray(newWidth * newHeight * 3);
  const rowLength = width * 3;
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const from = 2 * (y * rowLength + x * 3);
      const to = (y * newWidth + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const upper = data[from + channel]! + data[from + 3 + channel]!;
        const lower = data[from + rowLength + channel]! + data[from + rowLength + 3 + channel]!;
        output[to + channel] = (upper + lower) / 4;
      }
    }
  }
  return { width: newWidth, height: newHeight, data: output };
}

/** Halves an image until its longer side is at most `smallest` pixels. */
export function createPyramid(image: PixelImage, smallest: number): ImagePyramid {
  const levels = [image];
  for (;;) {
    const last = levels.at(-1)!;
    if (Math.max(last.width, last.height) <= smallest || Math.min(last.width, last.height) < 4) return { levels };
    levels.push(halve(last));
  }
}

/** The map from the pixels of a sample of `size` x `size` to the photograph's. */
export function squareToPhoto({ x, y, side, angle }: Square, size: number): Matrix2x3 {
  const scale = side / size;
  const cos = scale * Math.cos(angle);
  const sin = scale * Math.sin(angle);
  // The square's middle lies between pixels: at (size - 1) / 2, as pixel centres have whole coordinates.
  const middle = (size - 1) / 2;
  return [cos, -sin, x - cos * middle + sin * middle, sin, cos, y - sin * middle - cos * middle];
}

/** Samples a square of the photograph; what lies outside is black. */
export function sampleSquare(pyramid: ImagePyramid, square: Square, size: number): PixelImage {
  const wanted = Math.max(0, Math.floor(Math.log2(square.side / size)));
  const level = Math.min(wanted, pyramid.levels.length - 1);
  const factor = 2 ** level;
  // Pixel x of a level covers pixels factor x to factor x + factor - 1 of the photograph.
  const shift = (factor - 1) / 2;
  const scaled = {
    ...square,
    x: (square.x - shift) / factor,
    y: (square.y - shift) / factor,
    side: square.side / factor,
  };
  return warpAffine(pyramid.levels[level]!, invertAffine(squareToPhoto(scaled, size)), { width: size, height: size });
}
