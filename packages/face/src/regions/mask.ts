/** How much each pixel belongs to a region: 0 not at all, 1 wholly. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** [height, width] float32, 0 to 1. */
  readonly data: Float32Array;
}

/** Squared distance, along one line of a grid, to the nearest sample's parabola (lower envelope of parabolas). */
function transformLine(
  values: Float64Array,
  length: number,
  scratch: { hull: Int32Array; starts: Float64Array; out: Float64Array },
): void {
  const { hull, starts, out } = scratch;
  let last = 0;
  hull[0] = 0;
  starts[0] = -Infinity;
  starts[1] = Infinity;
  for (let q = 1; q < length; q++) {
    let start = 0;
    for (;;) {
      const v = hull[last]!;
      start = (values[q]! + q * q - (values[v]! + v * v)) / (2 * (q - v));
      if (start > starts[last]! || last === 0) break;
      last--;
    }
    if (start > starts[last]!) last++;
    else start = -Infinity;
    hull[last] = q;
    starts[last] = start;
    starts[last + 1] = Infinity;
  }
  let piece = 0;
  for (let q = 0; q < length; q++) {
    while (starts[piece + 1]! < q) piece++;
    const v = hull[piece]!;
    out[q] = (q - v) * (q - v) + values[v]!;
  }
  for (let q = 0; q < length; q++) values[q] = out[q]!;
}

/**
 * Euclidean distance of every pixel to the nearest pixel whose value is at least a half.
 * @see P. Felzenszwalb, D. Huttenlocher, "Distance Transforms of Sampled Functions", 2012
 */
export function computeDistances({ width, height, data }: Mask): Float64Array {
  const longest = Math.max(width, height);
  // Larger than any squared distance inside, and finite: the parabolas are subtracted from each other.
  const far = 4 * (width * width + height * height);
  const grid = new Float64Array(width * height);
  for (let i = 0; i < grid.length; i++) grid[i] = data[i]! >= 0.5 ? 0 : far;
  const scratch = {
    hull: new Int32Array(longest),
    starts: new Float64Array(longest + 1),
    out: new Float64Array(longest),
  };
  const column = new Float64Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) column[y] = grid[y * width + x]!;
    transformLine(column, height, scratch);
    for (let y = 0; y < height; y++) grid[y * width + x] = column[y]!;
  }
  for (let y = 0; y < height; y++) transformLine(grid.subarray(y * width, (y + 1) * width), width, scratch);
  return grid.map(Math.sqrt);
}

/** Grows a mask's set (values of at least a half) by a radius in pixels; the result is 0 or 1. */
export function dilate(mask: Mask, radius: number): Mask {
  const distances = computeDistances(mask);
  const data = new Float32Array(distances.length);
  for (let i = 0; i < data.length; i++) if (distances[i]! <= radius) data[i] = 1;
  return { ...mask, data };
}

/** Shrinks a mask's set by a radius in pixels; the result is 0 or 1. The image's border does not eat into the set. */
export function erode(mask: Mask, radius: number): Mask {
  const distances = computeDistances({ ...mask, data: mask.data.map((value) => (value >= 0.5 ? 0 : 1)) });
  const data = new Float32Array(distances.length);
  for (let i = 0; i < data.length; i++) if (distances[i]! > radius) data[i] = 1;
  return { ...mask, data };
}

/** 1 where the value is at least the threshold, 0 elsewhere. */
export function threshold(mask: Mask, value: number): Mask {
  return { ...mask, data: mask.data.map((entry) => (entry >= value ? 1 : 0)) };
}

function gaussianWeights(sigma: number): Float64Array {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const weights = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let i = -radius; i <= radius; i++) {
    weights[i + radius] = Math.exp(-(i * i) / (2 * sigma * sigma));
    sum += weights[i + radius]!;
  }
  return weights.map((weight) => weight / sum);
}

/** Blurs by a Gaussian of standard deviation `sigma` pixels; the outermost values go on beyond the border. */
export function blur(mask: Mask, sigma: number): Mask {
  if (!(sigma > 0)) return mask;
  const { width, height, data } = mask;
  const weights = gaussianWeights(sigma);
  const radius = (weights.length - 1) / 2;
  const rows = new Float32Array(width * height);
  const line = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    for (let x = -radius; x < width + radius; x++) {
      line[x + radius] = data[y * width + Math.min(Math.max(x, 0), width - 1)]!;
    }
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += line[x + k]! * weights[k]!;
      rows[y * width + x] = sum;
    }
  }
  const output = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let k = -radius; k <= radius; k++) {
      const from = Math.min(Math.max(y + k, 0), height - 1) * width;
      const weight = weights[k + radius]!;
      for (let x = 0; x < width; x++) output[y * width + x]! += rows[from + x]! * weight;
    }
  }
  return { width, height, data: output.map((value) => Math.min(1, Math.max(0, value))) };
}
