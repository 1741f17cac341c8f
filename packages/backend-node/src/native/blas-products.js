// Products by a native library, on whichever thread calls.
//
// Addresses are bytes from the start of the heap, those of reordered matrices absolute; flags are 0 or 1; a bias at 0 is none.

import { createHeapAddress } from './heap-address.js';

const floatBytes = 4;
const rowMajor = 101;
const reordered = 151;
const orderOf = (isTransposed) => (isTransposed ? 112 : 111);

/** The kernels, on the functions that `find` returns for declarations in C. */
export function bindProducts(recipe, { memory, exports, addressOf, find }) {
  const sgemm = find(recipe.sgemm);
  const sgemmReordered = recipe.reordered && bindReordered(recipe.reordered, { addressOf, find });
  const heapAddress = createHeapAddress({ memory, addressOf });

  return {
    /** A stack of products; the strides from one to the next are in bytes. */
    multiply(
      rows,
      inner,
      columns,
      a,
      strideA,
      transposeA,
      b,
      strideB,
      transposeB,
      c,
      strideC,
      alpha,
      beta,
      bias,
      batch,
      stepA,
      stepB,
      stepC,
    ) {
      const heap = heapAddress();
      const orderA = orderOf(transposeA);
      const orderB = orderOf(transposeB);
      for (let i = 0; i < batch; i += 1) {
        const target = c + i * stepC;
        if (bias > 0) exports.fillRows(rows, columns, bias, target, strideC);
        sgemm(
          rowMajor,
          orderA,
          orderB,
          rows,
          columns,
          inner,
          alpha,
          heap + a + i * stepA,
          strideA,
          heap + b + i * stepB,
          strideB,
          bias > 0 ? 1 : beta,
          heap + target,
          strideC,
        );
      }
    },
    /** A product with a B that was reordered. */
    multiplyReordered(rows, inner, columns, a, strideA, transposeA, b, c, strideC, beta, bias) {
      const heap = heapAddress();
      if (bias > 0) exports.fillRows(rows, columns, bias, c, strideC);
      sgemmReordered(rows, inner, columns, heap + a, strideA, transposeA, b, heap + c, strideC, bias > 0 ? 1 : beta);
    },
  };
}

/** How each kind of library multiplies by a reordered matrix. */
const bindReordered = (recipe, binding) =>
  recipe.kind === 'mkl' ? bindMkl(recipe, binding) : bindOpenBlas(recipe, binding);

function bindMkl({ compute }, { find }) {
  const call = find(compute);
  return (rows, inner, columns, a, strideA, transposeA, b, c, strideC, beta) => {
    call(rowMajor, orderOf(transposeA), reordered, rows, columns, inner, a, strideA, b, columns, beta, c, strideC);
  };
}

/** Columns and depth of a panel of the reordered matrix: it stays in the second-level cache while all rows pass. */
export const openBlasPanel = { columns: 192, depth: 384 };

/** Rows of A that are reordered at once; with the depth, 1.5 MB. */
const leftRows = 1024;

/** OpenBLAS is column-major inside: our C, B and A are its transposed C, its A and its B. */
function bindOpenBlas(recipe, { addressOf, find }) {
  const scale = find(recipe.scale);
  const accumulate = find(recipe.accumulate);
  const reorderLeft = find(recipe.reorderLeft);
  const reorderTransposedLeft = find(recipe.reorderTransposedLeft);
  const scratch = new Uint8Array(leftRows * openBlasPanel.depth * floatBytes);
  return (rows, inner, columns, a, strideA, transposeA, b, c, strideC, beta) => {
    const left = addressOf(scratch);
    if (beta === 0) scale(columns, rows, 0, 0, 0, 0, 0, 0, c, strideC);
    for (let i = 0; i < rows; i += leftRows) {
      const height = Math.min(leftRows, rows - i);
      let panel = b;
      for (let k = 0; k < inner; k += openBlasPanel.depth) {
        const depth = Math.min(openBlasPanel.depth, inner - k);
        if (transposeA) reorderTransposedLeft(depth, height, a + floatBytes * (k * strideA + i), strideA, left);
        else reorderLeft(depth, height, a + floatBytes * (i * strideA + k), strideA, left);
        for (let j = 0; j < columns; j += openBlasPanel.columns) {
          const width = Math.min(openBlasPanel.columns, columns - j);
          accumulate(width, height, depth, 1, panel, left, c + floatBytes * (i * strideC + j), strideC);
          panel += floatBytes * depth * width;
        }
      }
    }
  };
}
