import type { Point } from '../geometry/affine.js';
import type { ImageSize } from '../image/resize-bicubic.js';
import type { Mask } from './mask.js';

/** A mask of zeros. */
export function emptyMask({ width, height }: ImageSize): Mask {
  return { width, height, data: new Float32Array(width * height) };
}

function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  const [awayX, awayY] = [x - ax - along * dx, y - ay - along * dy];
  return Math.sqrt(awayX * awayX + awayY * awayY);
}

/** Sets the pixels whose centres lie within half a width of a line through the points. */
export function drawPolyline(mask: Mask, points: readonly Point[], { width = 2, closed = false } = {}): void {
  const reach = width / 2;
  const count = closed ? points.length : points.length - 1;
  for (let i = 0; i < count; i++) {
    const from = points[i]!;
    const to = points[(i + 1) % points.length]!;
    const left = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach));
    const right = Math.min(mask.width - 1, Math.ceil(Math.max(from[0], to[0]) + reach));
    const top = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach));
    const bottom = Math.min(mask.height - 1, Math.ceil(Math.max(from[1], to[1]) + reach));
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        if (distanceToSegment([x, y], from, to) <= reach) mask.data[y * mask.width + x] = 1;
      }
    }
  }
}

/** Sets the pixels whose centres lie inside of the polygon (even-odd rule) to a value. */
export function fillPolygon(mask: Mask, points: readonly Point[], value = 1): void {
  for (let y = 0; y < mask.height; y++) {
    const crossings: number[] = [];
    for (let i = 0; i < points.length; i++) {
      const [ax, ay] = points[i]!;
      const [bx, by] = points[(i + 1) % points.length]!;
      if (ay <= y !== by <= y) crossings.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const start = Math.max(0, Math.ceil(crossings[i]!));
      const end = Math.min(mask.width - 1, Math.floor(crossings[i + 1]!));
      if (end >= start) mask.data.fill(value, y * mask.width + start, y * mask.width + end + 1);
    }
  }
}
