// Products of matrices, by the classic scheme of three levels of blocks (Goto and van de Geijn, "Anatomy of
// high-performance matrix multiplication", 2008):
//
// - The micro-kernel computes a tile of C of `tileRows` x `tileColumns` numbers, all held in registers, from a panel of A and
//   one of B. It is the only place where numbers are multiplied.
// - Inner indices are taken at most `blockInner` at a time, so that a panel of B (8 kB) stays in the first-level cache while the
//   tiles of a column of C are computed.
// - Rows are taken `blockRows` at a time, so that the packed rows of A (400 kB) stay in the second-level cache while all
//   panels of B pass by; columns `blockColumns` at a time, which bounds the packed part of B (2 MB).
//
// Every number of C is the sum over its blocks of inner indices, in order, and within a block over the indices, in order. That
// does not depend on the tile, or on the range of rows or columns, in which it is computed: threads that share a product give
// the same bits as one thread.
import { bytesOf } from '../floats';
import { packColumns, packRows } from './pack';
import { microKernel, tileColumns, tileRows } from './micro-kernel';

const blockInner: i32 = 256;
const blockRows: i32 = 400;
const blockColumns: i32 = 2048;

/** What `orderB` says: B is stored as it is, or transposed, or was reordered by {@link packRight}. */
const transposed: i32 = 1;
const packed: i32 = 2;

const cacheLine: usize = 64;
const leftBytes: usize = bytesOf((blockRows + tileRows) * blockInner);
const rightBytes: usize = bytesOf((blockColumns + tileColumns) * blockInner);
const tileBytes: usize = bytesOf(tileRows * tileColumns);

/** Bytes of scratch memory that a product needs: a block of A, one of B, a tile for the edges, and a row of bias or zeros. */
export function gemmScratchBytes(): usize {
  return leftBytes + rightBytes + tileBytes + bytesOf(tileColumns);
}

/** The rows and columns of C that are best computed together: a range of either should begin at a multiple. */
export function gemmTileRows(): i32 {
  return tileRows;
}

export function gemmTileColumns(): i32 {
  return tileColumns;
}

/** Columns of B as packed: filled up to whole panels. */
// @ts-ignore: decorator
@inline
function wholePanels(columns: i32): i32 {
  return (columns + tileColumns - 1) / tileColumns * tileColumns;
}

/** Bytes of a B that {@link packRight} reordered. */
export function packedRightBytes(inner: i32, columns: i32): usize {
  return bytesOf(inner) * <usize>wholePanels(columns);
}

/** Inner indices of a block: as many in each, up to {@link blockInner}. */
// @ts-ignore: decorator
@inline
function blockDepth(inner: i32): i32 {
  const blocks = max(1, (inner + blockInner - 1) / blockInner);
  return (inner + blocks - 1) / blocks;
}

/**
 * Reorders B [inner, columns] as products read it: block after block of inner indices, and within each panel after panel.
 * Strides are in floats.
 */
export function packRight(columns: i32, inner: i32, b: usize, strideB: i32, orderB: i32, to: usize): void {
  const step = blockDepth(inner);
  for (let k = 0; k < inner; k += step) {
    const depth = min(step, inner - k);
    packRightBlock(b, strideB, orderB, k, depth, 0, columns, to);
    to += bytesOf(depth) * <usize>wholePanels(columns);
  }
}

function packRightBlock(b: usize, strideB: i32, orderB: i32, k: i32, depth: i32, column: i32, count: i32, to: usize): void {
  const stride = bytesOf(strideB);
  if (orderB == transposed) packColumns(b + <usize>column * stride + bytesOf(k), stride, depth, count, tileColumns, to);
  else packRows(b + <usize>k * stride + bytesOf(column), stride, depth, count, tileColumns, to);
}

/**
 * C = op(A) op(B) + bias, or C += op(A) op(B), for a range of the products of a stack, and of their rows and columns.
 *
 * Addresses are bytes; strides are floats. `bias` and `accumulate` are 0 where there is none.
 */
export function gemm(
  batchStart: i32, batchEnd: i32, rowStart: i32, rowEnd: i32, columnStart: i32, columnEnd: i32,
  inner: i32, columns: i32,
  a: usize, strideA: i32, isTransposedA: i32, batchStrideA: i32,
  b: usize, strideB: i32, orderB: i32, batchStrideB: i32,
  c: usize, strideC: i32, batchStrideC: i32,
  bias: usize, accumulate: i32, scratch: usize,
): void {
  for (let i = batchStart; i < batchEnd; i++) {
    multiply(
      rowStart, rowEnd, columnStart, columnEnd, inner, columns,
      a + bytesOf(i) * <usize>batchStrideA, strideA, isTransposedA,
      b + bytesOf(i) * <usize>batchStrideB, strideB, orderB,
      c + bytesOf(i) * <usize>batchStrideC, strideC, bias, accumulate, scratch,
    );
  }
}

/** One product of {@link gemm}. */
export function multiply(
  rowStart: i32, rowEnd: i32, columnStart: i32, columnEnd: i32, inner: i32, columns: i32,
  a: usize, strideA: i32, isTransposedA: i32, b: usize, strideB: i32, orderB: i32, c: usize, strideC: i32,
  bias: usize, accumulate: i32, scratch: usize,
): void {
  const left = scratch;
  const right = scratch + leftBytes;
  const bytesA = bytesOf(strideA);
  const bytesC = bytesOf(strideC);
  const edge = right + rightBytes;
  const step = blockDepth(inner);
  for (let column = columnStart; column < columnEnd; column += blockColumns) {
    const width = min(blockColumns, columnEnd - column);
    // At least once: a product over no inner indices is the bias alone.
    let k = 0;
    do {
      const depth = min(step, inner - k);
      let panels = right;
      if (orderB == packed) panels = b + 4 * (<usize>k * <usize>wholePanels(columns) + <usize>depth * <usize>column);
      else packRightBlock(b, strideB, orderB, k, depth, column, width, right);
      for (let row = rowStart; row < rowEnd; row += blockRows) {
        const height = min(blockRows, rowEnd - row);
        if (isTransposedA) packRows(a + <usize>k * bytesA + bytesOf(row), bytesA, depth, height, tileRows, left);
        else packColumns(a + <usize>row * bytesA + bytesOf(k), bytesA, depth, height, tileRows, left);
        const block = c + <usize>row * bytesC + bytesOf(column);
        const start = bias && k == 0 ? bias + bytesOf(column) : 0;
        multiplyBlock(height, width, depth, left, panels, block, bytesC, start, k > 0 || accumulate, edge);
      }
      k += step;
    } while (k < inner);
  }
}

/** A block of C from packed blocks of A and B, tile by tile. */
function multiplyBlock(
  height: i32, width: i32, depth: i32, left: usize, right: usize, c: usize, strideC: usize,
  bias: usize, accumulate: bool, edge: usize,
): void {
  const start = edge + tileBytes;
  memory.fill(start, 0, bytesOf(tileColumns));
  const panelBytes = bytesOf(depth * tileColumns);
  // While the tiles of a panel are computed, the next panel is fetched, a part with each tile.
  const part = panelBytes / <usize>((height + tileRows - 1) / tileRows) + cacheLine;
  for (let j = 0; j < width; j += tileColumns) {
    const panelB = right + bytesOf(j * depth);
    const count = min(tileColumns, width - j);
    if (bias) memory.copy(start, bias + bytesOf(j), bytesOf(count));
    let fetched = panelB + panelBytes;
    const fetchEnd = j + tileColumns < width ? fetched + panelBytes : fetched;
    for (let i = 0; i < height; i += tileRows) {
      const panelA = left + bytesOf(i * depth);
      const tile = c + <usize>i * strideC + bytesOf(j);
      if (fetched < fetchEnd) store<i32>(edge, fetch(fetched, min(fetched + part, fetchEnd)));
      fetched += part;
      if (count == tileColumns && height - i >= tileRows) {
        if (accumulate) microKernel(depth, panelA, panelB, tile, strideC, tile, strideC);
        else microKernel(depth, panelA, panelB, tile, strideC, start, 0);
      } else {
        microKernel(depth, panelA, panelB, edge, bytesOf(tileColumns), start, 0);
        storeEdge(edge, tile, strideC, min(tileRows, height - i), count, accumulate);
      }
    }
  }
}

/** Reads a number of each cache line: WebAssembly has no other way to fetch what is needed soon. The result must be used. */
function fetch(from: usize, end: usize): i32 {
  let read = 0;
  for (; from < end; from += cacheLine) read |= load<i32>(from);
  return read;
}

/** Writes the part of a tile that lies inside of C, or adds it. */
function storeEdge(edge: usize, c: usize, strideC: usize, rows: i32, columns: i32, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = load<f32>(edge + bytesOf(j));
      store<f32>(c + bytesOf(j), accumulate ? load<f32>(c + bytesOf(j)) + value : value);
    }
    edge += bytesOf(tileColumns);
    c += strideC;
  }
}
