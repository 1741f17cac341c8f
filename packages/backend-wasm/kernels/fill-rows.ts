import { bytesOf } from './floats';

/** Copies a row of numbers into each of some rows. `stride`: floats from row to row. */
export function fillRows(rows: i32, width: i32, row: usize, to: usize, stride: i32): void {
  const bytes = bytesOf(width);
  for (; rows > 0; rows--) {
    memory.copy(to, row, bytes);
    to += bytesOf(stride);
  }
}
