// The activation with the powers of e taken by a library: the wasm kernels of the same names do what comes before and after. A
// piece at a time, so that it stays in a cache of the processor from one pass to the next.

const floatBytes = 4;

/** Numbers of a piece: 64 kB, of which there are two in use. */
const pieceSize = 16_384;

/** The kernels, on the function that takes powers in place and the exports of the wasm module. */
export function createActivationKernels(exponentiate, exports) {
  return {
    biasQuickGelu(rowStart, rowEnd, width, x, bias, y) {
      const step = Math.max(1, Math.floor(pieceSize / width));
      for (let row = rowStart; row < rowEnd; row += step) {
        const end = Math.min(row + step, rowEnd);
        exports.quickGeluExponents(row, end, width, x, bias, y);
        exponentiate(y + row * width * floatBytes, (end - row) * width);
        exports.biasQuickGelu(row, end, width, x, bias, y, 1);
      }
    },
    biasQuickGeluGradient(blockStart, blockEnd, rows, width, x, bias, dy, dx, partial) {
      const blockRows = exports.rowsOfBlock();
      for (let block = blockStart; block < blockEnd; block += 1) {
        const row = block * blockRows;
        const end = Math.min(row + blockRows, rows);
        exports.quickGeluExponents(row, end, width, x, bias, dx);
        exponentiate(dx + row * width * floatBytes, (end - row) * width);
        exports.biasQuickGeluGradient(block, block + 1, rows, width, x, bias, dy, dx, partial, 1);
      }
    },
  };
}
