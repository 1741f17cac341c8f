import { elementwise, type Plain, sizeOf } from './plain.js';

/** Reduces one axis, keeping it with extent 1. */
export function reducePlain(x: Plain, axis: number, fn: (values: readonly number[]) => number): Plain {
  const extent = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const shape = x.shape.with(axis, 1);
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const start = Math.floor(i / inner) * extent * inner + (i % inner);
    return fn(Array.from({ length: extent }, (_, k) => x.data[start + k * inner] as number));
  });
  return { shape, data };
}

export const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
export const meanOf = (values: readonly number[]) => sumOf(values) / values.length;
export const maxOf = (values: readonly number[]) => Math.max(...values);
export const minOf = (values: readonly number[]) => Math.min(...values);

/** Shifted by the largest, so that nothing overflows. */
export function logSumExpOf(values: readonly number[]): number {
  const top = maxOf(values);
  return top + Math.log(sumOf(values.map((value) => Math.exp(value - top))));
}

/** Softmax over the last axis. */
export function softmaxPlain(x: Plain): Plain {
  const last = x.shape.length - 1;
  const exponentials = elementwise((value = 0, top = 0) => Math.exp(value - top))(x, reducePlain(x, last, maxOf));
  return elementwise((value = 0, total = 0) => value / total)(exponentials, reducePlain(exponentials, last, sumOf));
}

/** The gradient of softmax, $y \odot (dy - \langle y, dy \rangle)$. */
export function softmaxGradient(x: Plain, dy: Plain): Plain {
  const y = softmaxPlain(x);
  const weighted = elementwise((a = 0, b = 0) => a * b)(y, dy);
  const inner = reducePlain(weighted, x.shape.length - 1, sumOf);
  return elementwise((p = 0, slope = 0, mean = 0) => p * (slope - mean))(y, dy, inner);
}
