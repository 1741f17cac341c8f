/** A grid of pixels, some of whose values are wanted. */
export interface MembraneGrid {
  readonly width: number;
  readonly height: number;
  /** 1 where the value is wanted, 0 where it is given, `[height, width]`. */
  readonly unknown: Uint8Array;
}

/** Below this side a grid is solved from zero: conjugate gradients need no more steps than it has pixels. */
const coarsestSide = 12;

/** The unknown pixels by number: conjugate gradients then touch no other pixel. */
interface Unknowns {
  /** Pixel of each number, `[count]`. */
  readonly pixels: Int32Array;
  /** Numbers of the four neighbours of each, `[count, 4]`: its own beyond the image, and `count` where the value is given. */
  readonly neighbours: Int32Array;
}

function numberUnknowns({ width, height, unknown }: MembraneGrid): Unknowns {
  const count = unknown.reduce((sum, flag) => sum + flag, 0);
  const numbers = new Int32Array(unknown.length).fill(count);
  const pixels = new Int32Array(count);
  for (let i = 0, next = 0; i < unknown.length; i++) {
    if (!unknown[i]) continue;
    numbers[i] = next;
    pixels[next++] = i;
  }
  const neighbours = new Int32Array(4 * count);
  for (let k = 0; k < count; k++) {
    const i = pixels[k]!;
    const x = i % width;
    neighbours[4 * k] = x > 0 ? numbers[i - 1]! : k;
    neighbours[4 * k + 1] = x < width - 1 ? numbers[i + 1]! : k;
    neighbours[4 * k + 2] = i >= width ? numbers[i - width]! : k;
    neighbours[4 * k + 3] = i < width * (height - 1) ? numbers[i + width]! : k;
  }
  return { pixels, neighbours };
}

/**
 * `out = A v` for `v` of 0 where values are given, `A` the negative Laplacian of the 5-point stencil:
 * `(A v)_p = sum (v_p - v_q)` over the neighbours in the image. Returns `v . A v`.
 */
function applyLaplacian(neighbours: Int32Array, values: Float64Array, out: Float64Array): number {
  let energy = 0;
  for (let k = 0, n = 0; k < out.length; k++, n += 4) {
    const others =
      values[neighbours[n]!]! + values[neighbours[n + 1]!]! + values[neighbours[n + 2]!]! + values[neighbours[n + 3]!]!;
    const value = values[k]!;
    out[k] = 4 * value - others;
    energy += value * out[k]!;
  }
  return energy;
}

/** `-A v` at the unknown pixels, given values included. */
function computeResidual({ width, height }: MembraneGrid, values: Float64Array, { pixels }: Unknowns): Float64Array {
  return Float64Array.from(pixels, (i) => {
    const x = i % width;
    const value = values[i]!;
    const left = x > 0 ? values[i - 1]! : value;
    const right = x < width - 1 ? values[i + 1]! : value;
    const above = i >= width ? values[i - width]! : value;
    const below = i < width * (height - 1) ? values[i + width]! : value;
    return left + right + above + below - 4 * value;
  });
}

/**
 * The largest residual that keeps the error below a bound.
 *
 * By the maximum principle an error `e` with `|A e| <= r` lies below the solution of `A u = r` on a strip around the unknown
 * pixels, `u <= r s^2 / 8` for a strip of `s` steps between given values. A free side doubles the strip as a mirror does.
 */
function computeResidualBound({ width, height, unknown }: MembraneGrid, maxError: number): number {
  const rows = { first: height, last: -1 };
  const columns = { first: width, last: -1 };
  unknown.forEach((flag, i) => {
    if (!flag) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    rows.first = Math.min(rows.first, y);
    rows.last = Math.max(rows.last, y);
    columns.first = Math.min(columns.first, x);
    columns.last = Math.max(columns.last, x);
  });
  const steps = ({ first, last }: typeof rows, side: number) => {
    const free = Number(first === 0) + Number(last === side - 1);
    return free === 2 ? Infinity : (last - first + 2) * (1 + free);
  };
  // A region that is free on all four sides is pinned by corners alone: its strip is taken as wide as the image is long, twice.
  const strip = Math.min(steps(rows, height), steps(columns, width), 2 * (width + height));
  return (8 * maxError) / (strip * strip);
}

/** Conjugate gradients on the unknown pixels of `values`, in place, until the largest residual is at most `bound`. */
function refine(grid: MembraneGrid, values: Float64Array, bound: number): void {
  const unknowns = numberUnknowns(grid);
  const { pixels, neighbours } = unknowns;
  const residual = computeResidual(grid, values, unknowns);
  // One more than there are unknowns: 0, where the value is given.
  const direction = new Float64Array(pixels.length + 1);
  direction.set(residual);
  const image = new Float64Array(pixels.length);
  let energy = residual.reduce((sum, value) => sum + value * value, 0);
  let largest = residual.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // In exact arithmetic it ends after as many steps as there are unknown pixels.
  for (let step = 0; step < pixels.length && largest > bound; step++) {
    const length = energy / applyLaplacian(neighbours, direction, image);
    let next = 0;
    largest = 0;
    for (let k = 0; k < pixels.length; k++) {
      values[pixels[k]!]! += length * direction[k]!;
      const left = residual[k]! - length * image[k]!;
      residual[k] = left;
      next += left * left;
      largest = Math.max(largest, Math.abs(left));
    }
    const ratio = next / energy;
    for (let k = 0; k < pixels.length; k++) direction[k] = residual[k]! + ratio * direction[k]!;
    energy = next;
  }
}

/** Half the resolution: a cell is given where any of its four pixels is, with their mean. */
function coarsen(grid: MembraneGrid, values: Float64Array): { grid: MembraneGrid; values: Float64Array } {
  const width = Math.ceil(grid.width / 2);
  const height = Math.ceil(grid.height / 2);
  const sums = new Float64Array(width * height);
  const counts = new Float64Array(width * height);
  grid.unknown.forEach((flag, i) => {
    if (flag) return;
    const cell = Math.floor(i / grid.width / 2) * width + Math.floor((i % grid.width) / 2);
    sums[cell]! += values[i]!;
    counts[cell]!++;
  });
  const unknown = Uint8Array.from(counts, (count) => (count > 0 ? 0 : 1));
  return { grid: { width, height, unknown }, values: sums.map((sum, i) => (counts[i]! > 0 ? sum / counts[i]! : 0)) };
}

/** The coarse values at the fine pixels, bilinear about cell centres. */
function interpolate(coarse: Float64Array, { width, height }: MembraneGrid, fine: MembraneGrid): Float64Array {
  const values = new Float64Array(fine.width * fine.height);
  for (let y = 0, i = 0; y < fine.height; y++) {
    const down = Math.min(height - 1, Math.max(0, y / 2 - 0.25));
    const top = Math.min(Math.max(0, height - 2), Math.floor(down));
    for (let x = 0; x < fine.width; x++, i++) {
      const right = Math.min(width - 1, Math.max(0, x / 2 - 0.25));
      const left = Math.min(Math.max(0, width - 2), Math.floor(right));
      const at = (dx: number, dy: number) =>
        coarse[Math.min(height - 1, top + dy) * width + Math.min(width - 1, left + dx)]!;
      const [u, v] = [right - left, down - top];
      values[i] = (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1));
    }
  }
  return values;
}

/**
 * Spans a membrane: the values with no Laplacian where they are wanted, given elsewhere, and no gradient across the border.
 *
 * Cascadic multigrid: a solution at half the resolution starts conjugate gradients at the full one, so that only what changes
 * from pixel to pixel is left to them.
 *
 * @param grid where values are wanted
 * @param given values where they are given, `[height, width]`
 * @param maxError bound of the result's error, in the unit of the values
 * @returns `[height, width]`; zero throughout where nothing is given
 * @see F. Bornemann, P. Deuflhard, "The cascadic multigrid method for elliptic problems", 1996
 */
export function solveMembrane(grid: MembraneGrid, given: Float64Array, maxError: number): Float64Array {
  if (!grid.unknown.includes(1)) return Float64Array.from(given);
  if (!grid.unknown.includes(0)) return new Float64Array(given.length);
  const values = Float64Array.from(given);
  if (Math.min(grid.width, grid.height) > coarsestSide) {
    const coarse = coarsen(grid, given);
    const start = interpolate(solveMembrane(coarse.grid, coarse.values, maxError), coarse.grid, grid);
    for (let i = 0; i < values.length; i++) if (grid.unknown[i]) values[i] = start[i]!;
  } else {
    for (let i = 0; i < values.length; i++) if (grid.unknown[i]) values[i] = 0;
  }
  refine(grid, values, computeResidualBound(grid, maxError));
  return values;
}
