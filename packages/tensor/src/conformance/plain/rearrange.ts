import { at, build, type Plain } from './plain.js';

export const reshapePlain = ({ data }: Plain, shape: readonly number[]): Plain => ({ shape, data });

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

/** Swaps the last two axes. */
export function swapLast(x: Plain): Plain {
  const axes = x.shape.map((_, axis) => axis);
  return transposePlain(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** The part of an array from `begin`, of extents `size`. */
export const slicePlain = (x: Plain, begin: readonly number[], size: readonly number[]): Plain =>
  build(size, (...indices) => at(x, ...indices.map((index, axis) => index + (begin[axis] ?? 0))));

/** Joins arrays along an axis. */
export function concatPlain(xs: readonly Plain[], axis: number): Plain {
  const total = xs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
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
