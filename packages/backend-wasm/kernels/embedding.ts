import { bytesOf } from './floats';
/** Copies rows of a table [vocabulary, width] by their ids [count], for a range of the ids; an id that is none gives zeros. */
export function gatherRows(
  start: i32, end: i32, vocabulary: i32, width: i32, ids: usize, table: usize, y: usize,
): void {
  const bytes = bytesOf(width);
  for (let i = start; i < end; i++) {
    const id = load<u32>(ids + bytesOf(i));
    const to = y + <usize>i * bytes;
    if (id < <u32>vocabulary) memory.copy(to, table + <usize>id * bytes, bytes);
    else memory.fill(to, 0, bytes);
  }
}

/** Adds up rows of dy [count, width] by their ids into a table [vocabulary, width], for a range of the columns. */
export function scatterAddRows(
  columnStart: i32, columnEnd: i32, count: i32, vocabulary: i32, width: i32, ids: usize, dy: usize, table: usize,
): void {
  const bytes = bytesOf(width);
  const from = bytesOf(columnStart);
  const to = bytesOf(columnEnd);
  for (let row = 0; row < vocabulary; row++) memory.fill(table + <usize>row * bytes + from, 0, to - from);
  for (let i = 0; i < count; i++) {
    const id = load<u32>(ids + bytesOf(i));
    if (id >= <u32>vocabulary) continue;
    const sum = table + <usize>id * bytes;
    const row = dy + <usize>i * bytes;
    for (let at = from; at < to; at += 4) store<f32>(sum + at, load<f32>(sum + at) + load<f32>(row + at));
  }
}
