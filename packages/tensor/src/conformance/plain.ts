/** An array of any rank in float64, the truth that engines are compared with. Row-major. */
export interface Plain {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

/** Fills an array from the indices of each element. */
export function build(shape: readonly number[], valueAt: (...indices: number[]) => number): Plain {
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i += 1) data[i] = valueAt(...indicesOf(i, shape));
  return { shape, data };
}

/** The indices of the element at a position. */
function indicesOf(position: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  let rest = position;
  for (const extent of [...shape].reverse()) {
    indices.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return indices;
}

/** The element at the given indices. Extra leading indices are ignored, extents of 1 are broadcast. */
export function at(x: Plain, ...indices: number[]): number {
  const skipped = indices.length - x.shape.length;
  const position = x.shape.reduce(
    (sum, extent, axis) => sum * extent + (extent === 1 ? 0 : (indices[axis + skipped] ?? 0)),
    0,
  );
  return x.data[position] ?? Number.NaN;
}

/** The shape of arrays that are broadcast against each other. */
function broadcastShape(xs: readonly Plain[]): number[] {
  const rank = Math.max(...xs.map((x) => x.shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...xs.map(({ shape }) => shape[axis - rank + shape.length] ?? 1)),
  );
}

/** A function of single elements, with broadcasting. */
export const elementwise =
  (fn: (...values: number[]) => number) =>
  (...xs: Plain[]): Plain =>
    build(broadcastShape(xs), (...indices) => fn(...xs.map((x) => at(x, ...indices))));

/** Permutes the axes. */
export function transposePlain(x: Plain, perm: readonly number[]): Plain {
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  return build(shape, (...indices) => {
    const source = [...indices];
    perm.forEach((axis, i) => {
      source[axis] = indices[i] ?? 0;
    });
    return at(x, ...source);
  });
}

export const reshapePlain = ({ data }: Plain, shape: readonly number[]): Plain => ({ shape, data });

/** Reduces one axis, keeping it with extent 1. */
export function reducePlain(x: Plain, axis: number, fn: (values: readonly number[]) => number): Plain {
  const shape = x.shape.map((extent, i) => (i === axis ? 1 : extent));
  return build(shape, (...indices) => {
    const line = Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => at(x, ...indices.with(axis, i)));
    return fn(line);
  });
}

export const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
export const meanOf = (values: readonly number[]) => sumOf(values) / values.length;
export const maxOf = (values: readonly number[]) => Math.max(...values);
export const minOf = (values: readonly number[]) => Math.min(...values);

/** The product of stacks of matrices; stacks of one are shared. */
export function matMulPlain(a: Plain, b: Plain): Plain {
  const inner = a.shape.at(-1) ?? 0;
  const stack = broadcastShape([a, b].map(({ shape, data }) => ({ shape: shape.slice(0, -2), data })));
  return build([...stack, a.shape.at(-2) ?? 0, b.shape.at(-1) ?? 0], (...indices) => {
    const [row = 0, column = 0] = indices.slice(-2);
    const outer = indices.slice(0, -2);
    let sum = 0;
    for (let k = 0; k < inner; k += 1) sum += at(a, ...outer, row, k) * at(b, ...outer, k, column);
    return sum;
  });
}

/** Swaps the last two axes. */
export function swapLast(x: Plain): Plain {
  const axes = x.shape.map((_, axis) => axis);
  return transposePlain(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** Softmax over the last axis. */
export function softmaxPlain(x: Plain): Plain {
  const last = x.shape.length - 1;
  const exponentials = elementwise((value, top) => Math.exp(value - top))(x, reducePlain(x, last, maxOf));
  return elementwise((value, total) => value / total)(exponentials, reducePlain(exponentials, last, sumOf));
}

/** The part of an array from `begin`, of extents `size`. */
export const slicePlain = (x: Plain, begin: readonly number[], size: readonly number[]): Plain =>
  build(size, (...indices) => at(x, ...indices.map((index, axis) => index + (begin[axis] ?? 0))));

/** Joins arrays along an axis. */
export function concatPlain(xs: readonly Plain[], axis: number): Plain {
  const total = sumOf(xs.map(({ shape }) => shape[axis] ?? 0));
  return build((xs[0] as Plain).shape.with(axis, total), (...indices) => {
    let offset = indices[axis] ?? 0;
    for (const x of xs) {
      const extent = x.shape[axis] ?? 0;
      if (offset < extent) return at(x, ...indices.with(axis, offset));
      offset -= extent;
    }
    return Number.NaN;
  });
}
