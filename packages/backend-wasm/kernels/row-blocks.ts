/**
 * Rows whose sums one thread forms before they are added up block by block.
 *
 * Fixed, so that the sums are the same whatever the number of threads.
 */
export const blockRows: i32 = 64;

export function rowsOfBlock(): i32 {
  return blockRows;
}

/** How many blocks there are. */
export function rowBlocks(rows: i32): i32 {
  return (rows + blockRows - 1) / blockRows;
}
