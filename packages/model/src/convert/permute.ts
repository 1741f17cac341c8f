/**
 * The elements of an array with its axes in another order.
 *
 * @param values - row-major
 * @param shape - of `values`
 * @param axes - which axis of `values` each axis of the result is
 */
export function permute(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const result = new Float32Array(values.length);
  const last = sizes.length - 1;
  const [rowLength = 1, rowStep = 1] = [sizes[last], steps[last]];
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to += rowLength) {
    for (let i = 0; i < rowLength; i++) result[to + i] = values[from + i * rowStep]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      index[axis]!++;
      if (index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The order that undoes another. */
export const invertAxes = (axes: readonly number[]): readonly number[] => axes.map((_, axis) => axes.indexOf(axis));
