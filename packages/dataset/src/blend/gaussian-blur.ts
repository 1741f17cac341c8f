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

/** Running mean over `2 radius + 1` values along one line, with the edge value repeated outside. */
function blurLine(
  from: Float32Array,
  to: Float32Array,
  line: { start: number; step: number; length: number; radius: number },
): void {
  const { start, step, length, radius } = line;
  const at = (index: number) => from[start + Math.min(length - 1, Math.max(0, index)) * step]!;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  for (let i = 0; i < length; i++) {
    to[start + i * step] = sum / (2 * radius + 1);
    sum += at(i + radius + 1) - at(i - radius);
  }
}

/**
 * Blurs a plane by three box passes a direction: a Gaussian to about 3 %, at a cost that does not grow with sigma.
 *
 * @param plane `[height, width]`, left unchanged
 * @param sigma deviation in pixels; below 0.5 a copy is returned
 * @returns `[height, width]`
 */
export function blurGaussian(plane: Float32Array, { width, height }: PlaneSize, sigma: number): Float32Array {
  const current = Float32Array.from(plane);
  if (sigma < 0.5) return current;
  const other = new Float32Array(plane.length);
  for (const radius of boxRadii(sigma)) {
    for (let y = 0; y < height; y++) blurLine(current, other, { start: y * width, step: 1, length: width, radius });
    for (let x = 0; x < width; x++) blurLine(other, current, { start: x, step: width, length: height, radius });
  }
  return current;
}
