import type { ImageSize } from '@sofd/face';
import Delaunator from 'delaunator';

/** Where each pixel's colour comes from: x and y in the source's pixels, `[height, width]` each; NaN outside of all triangles. */
export interface SourceMap extends ImageSize {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** A pixel on an edge belongs to both triangles; rounding must not leave it to none. */
const edgeSlack = 1e-6;

/** Writes the affine map of one triangle into the pixels whose centres it holds. */
function mapTriangle(
  map: SourceMap,
  [a, b, c]: readonly [number, number, number],
  { from, to }: { readonly from: ArrayLike<number>; readonly to: ArrayLike<number> },
): void {
  const [ax, ay] = [to[2 * a]!, to[2 * a + 1]!];
  const [ux, uy] = [to[2 * b]! - ax, to[2 * b + 1]! - ay];
  const [vx, vy] = [to[2 * c]! - ax, to[2 * c + 1]! - ay];
  const area = ux * vy - uy * vx;
  if (area === 0) return;
  const left = Math.max(0, Math.ceil(ax + Math.min(0, ux, vx)));
  const right = Math.min(map.width - 1, Math.floor(ax + Math.max(0, ux, vx)));
  const top = Math.max(0, Math.ceil(ay + Math.min(0, uy, vy)));
  const bottom = Math.min(map.height - 1, Math.floor(ay + Math.max(0, uy, vy)));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const s = ((x - ax) * vy - (y - ay) * vx) / area;
      const t = ((y - ay) * ux - (x - ax) * uy) / area;
      if (s < -edgeSlack || t < -edgeSlack || s + t > 1 + edgeSlack) continue;
      const i = y * map.width + x;
      for (const [axis, plane] of [map.x, map.y].entries()) {
        const start = from[2 * a + axis]!;
        plane[i] = start + s * (from[2 * b + axis]! - start) + t * (from[2 * c + axis]! - start);
      }
    }
  }
}

/**
 * Maps one set of points onto another, affine in each triangle of the Delaunay triangulation of where they go.
 *
 * Triangulating the destination gives every pixel inside of its hull exactly one triangle, whatever the pose.
 *
 * @param from `[count, 2]` in the source's pixels
 * @param to as many, in the result's pixels
 * @param size of the result
 * @returns where each pixel of the result comes from
 */
export function mapTriangles(from: ArrayLike<number>, to: ArrayLike<number>, { width, height }: ImageSize): SourceMap {
  const map = {
    width,
    height,
    x: new Float32Array(width * height).fill(Number.NaN),
    y: new Float32Array(width * height).fill(Number.NaN),
  };
  const { triangles } = new Delaunator(to);
  for (let i = 0; i < triangles.length; i += 3) {
    mapTriangle(map, [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!], { from, to });
  }
  return map;
}
