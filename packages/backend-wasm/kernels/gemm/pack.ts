// Operands are copied into panels, in which the micro-kernel reads every number in order: a panel holds `width` rows of A,
// or columns of B, and has for each inner index k their `width` numbers next to each other. The last panel is filled up
// with zeros. Strides are in bytes.
import { bytesOf } from '../floats';

/** Packs where the numbers of one k lie next to each other: number (k, j) at `source + k * stride + 4 * j`. */
export function packRows(source: usize, stride: usize, depth: i32, extent: i32, width: i32, panels: usize): void {
  for (let start = 0; start < extent; start += width) {
    const count = min(width, extent - start);
    let from = source + bytesOf(start);
    for (let k = 0; k < depth; k++) {
      let j = 0;
      for (; j + 4 <= count; j += 4) v128.store(panels + bytesOf(j), v128.load(from + bytesOf(j)));
      for (; j < count; j++) store<f32>(panels + bytesOf(j), load<f32>(from + bytesOf(j)));
      for (; j < width; j++) store<f32>(panels + bytesOf(j), 0);
      from += stride;
      panels += bytesOf(width);
    }
  }
}

/** Packs where the numbers of all k lie next to each other: number (k, j) at `source + j * stride + 4 * k`. */
export function packColumns(source: usize, stride: usize, depth: i32, extent: i32, width: i32, panels: usize): void {
  const step = bytesOf(width);
  for (let start = 0; start < extent; start += width) {
    const count = min(width, extent - start);
    const from = source + <usize>start * stride;
    let j = 0;
    for (; j + 4 <= count; j += 4) packFourColumns(from + <usize>j * stride, stride, depth, panels + bytesOf(j), step);
    for (; j < count; j++) packColumn(from + <usize>j * stride, depth, panels + bytesOf(j), step);
    for (; j < width; j++) {
      for (let k = 0; k < depth; k++) store<f32>(panels + bytesOf(j) + <usize>k * step, 0);
    }
    panels += <usize>depth * step;
  }
}

function packColumn(from: usize, depth: i32, to: usize, step: usize): void {
  for (let k = 0; k < depth; k++) {
    store<f32>(to, load<f32>(from));
    from += 4;
    to += step;
  }
}

/** Transposes blocks of 4 x 4 in registers: first pairs of single numbers are interleaved, then pairs of pairs. */
function packFourColumns(from: usize, stride: usize, depth: i32, to: usize, step: usize): void {
  const stride2 = 2 * stride;
  const stride3 = 3 * stride;
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const c0 = v128.load(from);
    const c1 = v128.load(from + stride);
    const c2 = v128.load(from + stride2);
    const c3 = v128.load(from + stride3);
    const low01 = i32x4.shuffle(c0, c1, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
    const low23 = i32x4.shuffle(c2, c3, 0, 4, 1, 5);
    const high23 = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(to + step, i64x2.shuffle(low01, low23, 1, 3));
    v128.store(to + 2 * step, i64x2.shuffle(high01, high23, 0, 2));
    v128.store(to + 3 * step, i64x2.shuffle(high01, high23, 1, 3));
    from += 16;
    to += 4 * step;
  }
  for (; k < depth; k++) {
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(from + stride), 4);
    store<f32>(to, load<f32>(from + stride2), 8);
    store<f32>(to, load<f32>(from + stride3), 12);
    from += 4;
    to += step;
  }
}
