/** Width and height of a plane. */
export interface PlaneSize {
  readonly width: number;
  readonly height: number;
}

/** Box widths whose threefold convolution has the variance of a Gaussian of this deviation. */
function boxRadii(sigma: number): number[] {
  const ideal = Math.sqrt((12 * sigma * sigma) / 3 + 1);
  let lower = Math.floor(ideal);
  if (lower % 2 === 0) lower--;
  const small = Math.round((12 * sigma * sigma - 3 * lower * lower - 12 * lower - 9) / (-4 * lower - 4));
  return [0, 1, 2].map((pass) => ((pass < small ? lower : lower + 2) - 1) / 2);
}

/** Running means over `2 radius + 1` values along the rows, the edge values repeated outside. */
function blurRows(from: Float32Array, to: Float32Array, { width, height }: PlaneSize, radius: number): void {
  const count = 2 * radius + 1;
  for (let start = 0; start < width * height; start += width) {
    const last = start + width - 1;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += from[Math.min(last, Math.max(start, start + i))]!;
    for (let i = start; i <= last; i++) {
      to[i] = sum / count;
      sum += from[Math.min(last, i + radius + 1)]! - from[Math.max(start, i - radius)]!;
    }
  }
}

/** The same along the columns, all of them a row at a time: memory is read in its order. */
function blurColumns(from: Float32Array, to: Float32Array, { width, height }: PlaneSize, radius: number): void {
  const count = 2 * radius + 1;
  const rowAt = (y: number) => Math.min(height - 1, Math.max(0, y)) * width;
  const sums = new Float64Array(width);
  for (let y = -radius; y <= radius; y++) {
    const row = rowAt(y);
    for (let x = 0; x < width; x++) sums[x]! += from[row + x]!;
  }
  for (let y = 0; y < height; y++) {
    const [entering, leaving] = [rowAt(y + radius + 1), rowAt(y - radius)];
    for (let x = 0; x < width; x++) {
      to[y * width + x] = sums[x]! / count;
      sums[x]! += from[entering + x]! - from[leaving + x]!;
    }
  }
}

/**
 * Blurs a plane by three box passes a direction: a Gaussian to about 3 %, at a cost that does not grow with sigma.
 *
 * @param plane `[height, width]`, left unchanged
 * @param sigma deviation in pixels; below 0.5 a copy is returned
 * @returns `[height, width]`
 */
export function blurGaussian(plane: Float32Array, size: PlaneSize, sigma: number): Float32Array {
  const current = Float32Array.from(plane);
  if (sigma < 0.5) return current;
  const other = new Float32Array(plane.length);
  for (const radius of boxRadii(sigma)) {
    blurRows(current, other, size, radius);
    blurColumns(other, current, size, radius);
  }
  return current;
}
