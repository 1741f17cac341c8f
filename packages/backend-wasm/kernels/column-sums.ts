import { bytesOf } from './floats';
/**
 * y[j] = sum over i of x[i, j], for a range of columns.
 *
 * Rows are taken four at a time, so that y is read and written a quarter as often. `stride`: floats from row to row.
 */
export function columnSums(columnStart: i32, columnEnd: i32, rows: i32, x: usize, stride: i32, y: usize): void {
  const count = columnEnd - columnStart;
  const step = bytesOf(stride);
  x += bytesOf(columnStart);
  y += bytesOf(columnStart);
  memory.fill(y, 0, bytesOf(count));
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    addRows(count, x, x + step, x + 2 * step, x + 3 * step, y);
    x += 4 * step;
  }
  for (; i < rows; i++) {
    addRow(count, x, y);
    x += step;
  }
}

function addRows(count: i32, x0: usize, x1: usize, x2: usize, x3: usize, y: usize): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const at = bytesOf(j);
    const low = f32x4.add(v128.load(x0 + at), v128.load(x1 + at));
    const high = f32x4.add(v128.load(x2 + at), v128.load(x3 + at));
    v128.store(y + at, f32x4.add(v128.load(y + at), f32x4.add(low, high)));
  }
  for (; j < count; j++) {
    const at = bytesOf(j);
    const low = load<f32>(x0 + at) + load<f32>(x1 + at);
    store<f32>(y + at, load<f32>(y + at) + (low + (load<f32>(x2 + at) + load<f32>(x3 + at))));
  }
}

/** y += x */
// @ts-ignore: decorator
@inline
function addRow(count: i32, x: usize, y: usize): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const at = bytesOf(j);
    v128.store(y + at, f32x4.add(v128.load(y + at), v128.load(x + at)));
  }
  for (; j < count; j++) {
    const at = bytesOf(j);
    store<f32>(y + at, load<f32>(y + at) + load<f32>(x + at));
  }
}
