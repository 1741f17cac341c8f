/** A part of an array and where its elements go. */
export interface Placement {
  /** Dimensions of the part, which is row-major. */
  readonly shape: readonly number[];
  /** Elements of the target from one index of an axis of the part to the next. */
  readonly strides: readonly number[];
  /** Where the part's first element goes. */
  readonly offset: number;
}

/**
 * The strides that the axes of an array have once they are in another order.
 *
 * @param shape - of the array
 * @param axes - which axis of the array each axis of the result is
 * @returns for each axis of the array, elements of the result
 */
export function permutedStrides(shape: readonly number[], axes: readonly number[]): readonly number[] {
  const strides = shape.map(() => 1);
  axes.reduceRight((stride, axis) => {
    strides[axis] = stride;
    return stride * shape[axis]!;
  }, 1);
  return strides;
}

/**
 * Copies the elements of a part to their places in an array whose axes are in another order.
 *
 * @param part - row-major
 * @param target - the whole array
 * @param placement - where the part lies in it
 */
export function placeElements(part: Float32Array, target: Float32Array, { shape, strides, offset }: Placement): void {
  const steps = permutedStrides(
    shape,
    shape.map((_, axis) => axis),
  );
  // In the order of the target, for scattered writes take longer than scattered reads of a part that the cache holds.
  const axes = shape.map((_, axis) => axis).sort((a, b) => strides[b]! - strides[a]!);
  const inner = axes.pop() ?? 0;
  const [count = 1, from = 1, to = 1] = [shape[inner], steps[inner], strides[inner]];
  const index = shape.map(() => 0);
  let [source, place] = [0, offset];
  for (let done = 0; done < part.length; done += count) {
    for (let i = 0; i < count; i++) target[place + i * to] = part[source + i * from]!;
    for (let at = axes.length - 1; at >= 0; at--) {
      const axis = axes[at]!;
      source += steps[axis]!;
      place += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      source -= steps[axis]! * shape[axis]!;
      place -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** The order that undoes another. */
export const invertAxes = (axes: readonly number[]): readonly number[] => axes.map((_, axis) => axes.indexOf(axis));
