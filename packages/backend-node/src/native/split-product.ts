import type { GemmCall } from '@sofd/backend-wasm';

export const floatBytes = Float32Array.BYTES_PER_ELEMENT;

/** Multiplications that take several times as long as it takes to wake a thread. */
const worthAThread = 500_000;

/** Kernels compute blocks of so many rows or columns at once. */
const block = 48;

/** A part of an extent. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/**
 * Splits an extent into at most `count` ranges of whole blocks, but for the last.
 */
export function splitExtent(extent: number, count: number, unit = block): readonly Range[] {
  const units = Math.ceil(extent / unit);
  const parts = Math.max(1, Math.min(count, units));
  const bounds = Array.from({ length: parts + 1 }, (_, i) => Math.min(extent, Math.floor((units * i) / parts) * unit));
  return bounds.slice(1).map((end, i) => ({ start: bounds[i]!, length: end - bounds[i]! }));
}

/** The arguments of the kernel `multiply`, a share for each thread that is worth its while. */
export function splitProduct(call: GemmCall, threads: number): readonly (readonly number[])[] {
  const { rows, inner, columns, batch = 1 } = call;
  const count = Math.min(threads, Math.ceil((rows * inner * columns * batch) / worthAThread));
  if (count <= 1) return [argumentsOf(call)];
  if (batch >= count) return splitExtent(batch, count, 1).map((range) => argumentsOf(takeProducts(call, range)));
  // The longer side, so that the parts are closer to squares, for which the least has to be read.
  return columns >= rows
    ? splitExtent(columns, count).map((range) => argumentsOf(takeColumns(call, range)))
    : splitExtent(rows, count).map((range) => argumentsOf(takeRows(call, range)));
}

function takeProducts(call: GemmCall, { start, length }: Range): GemmCall {
  const skip = (stride = 0) => start * stride * floatBytes;
  return {
    ...call,
    batch: length,
    a: call.a + skip(call.batchStrideA),
    b: call.b + skip(call.batchStrideB),
    c: call.c + skip(call.batchStrideC),
  };
}

function takeRows(call: GemmCall, { start, length }: Range): GemmCall {
  const a = call.a + start * (call.transposeA ? 1 : call.strideA) * floatBytes;
  return { ...call, rows: length, a, c: call.c + start * call.strideC * floatBytes };
}

function takeColumns(call: GemmCall, { start, length }: Range): GemmCall {
  const { b, bias, c, transposeB, strideB } = call;
  return {
    ...call,
    columns: length,
    b: b + start * (transposeB ? strideB : 1) * floatBytes,
    c: c + start * floatBytes,
    bias: bias === undefined ? undefined : bias + start * floatBytes,
  };
}

/** The arguments of the kernel `multiplyReordered` for some columns of B, of which a reordered copy is at an absolute address. */
export function argumentsOfReordered(call: GemmCall, { start, length }: Range, b: number): readonly number[] {
  const {
    rows,
    inner,
    columns,
    a,
    strideA,
    transposeA,
    c,
    strideC,
    beta = 0,
    bias,
  } = takeColumns(call, { start, length });
  return [rows, inner, columns, a, strideA, Number(transposeA), b, c, strideC, beta, bias ?? 0];
}

function argumentsOf(call: GemmCall): readonly number[] {
  const { rows, inner, columns, a, b, c, alpha = 1, beta = 0, bias = 0, batch = 1 } = call;
  const step = (stride = 0) => stride * floatBytes;
  // BLAS refuses a stride of 0, which empty matrices have.
  const [strideA, strideB, strideC] = [call.strideA, call.strideB, call.strideC].map((stride) => Math.max(1, stride));
  return [
    ...[rows, inner, columns],
    ...[a, strideA!, Number(call.transposeA), b, strideB!, Number(call.transposeB), c, strideC!],
    ...[alpha, beta, bias],
    ...[batch, step(call.batchStrideA), step(call.batchStrideB), step(call.batchStrideC)],
  ];
}
