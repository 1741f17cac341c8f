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
export function indicesOf(position: number, shape: readonly number[]): number[] {
  const indices = new Array<number>(shape.length);
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const extent = shape[axis] as number;
    indices[axis] = rest % extent;
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
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
}

/** Where each element of a result comes from in an array that is broadcast to it. */
export function positionsIn(shape: readonly number[], result: readonly number[]): Int32Array {
  const skipped = result.length - shape.length;
  let positions = Int32Array.of(0);
  for (const [axis, extent] of result.entries()) {
    const own = shape[axis - skipped] ?? 1;
    const stride = own === 1 ? 0 : sizeOf(shape.slice(axis - skipped + 1));
    const before = positions;
    positions = new Int32Array(before.length * extent);
    for (let i = 0; i < positions.length; i += 1) {
      positions[i] = (before[Math.floor(i / extent)] as number) + (i % extent) * stride;
    }
  }
  return positions;
}

type Elementwise = (...values: number[]) => number;

/** A function of single elements, with broadcasting. */
export const elementwise =
  (fn: Elementwise) =>
  (...xs: Plain[]): Plain => {
    const shape = broadcastShape(xs.map((x) => x.shape));
    const sources = xs.map((x) => ({ data: x.data, positions: positionsIn(x.shape, shape) }));
    const data = new Float64Array(sizeOf(shape));
    const values = new Array<number>(xs.length);
    for (let i = 0; i < data.length; i += 1) {
      for (const [which, source] of sources.entries()) {
        values[which] = source.data[source.positions[i] as number] as number;
      }
      data[i] = fn(...values);
    }
    return { shape, data };
  };

/** Sums an array over the extents by which one of another shape was broadcast to it. */
export function sumTo(x: Plain, shape: readonly number[]): Plain {
  const data = new Float64Array(sizeOf(shape));
  const positions = positionsIn(shape, x.shape);
  for (let i = 0; i < positions.length; i += 1) {
    const position = positions[i] as number;
    data[position] = (data[position] as number) + (x.data[i] as number);
  }
  return { shape, data };
}

/** For central differences in float64: errs by 1e-10 from the third derivative and 1e-11 from rounding, relatively. */
export const differenceStep = (value: number) => 1e-5 * Math.max(1, Math.abs(value));

/** The gradients of a function of single elements, by central differences of each. */
export const elementwiseGradients =
  (fn: Elementwise) =>
  (inputs: readonly Plain[], dy: Plain): Plain[] =>
    inputs.map((input, which) => {
      const slope = elementwise((weight = 0, ...values) => {
        const value = values[which] as number;
        const step = differenceStep(value);
        const rise = fn(...values.with(which, value + step)) - fn(...values.with(which, value - step));
        return (weight * rise) / (2 * step);
      })(dy, ...inputs);
      return sumTo(slope, input.shape);
    });
