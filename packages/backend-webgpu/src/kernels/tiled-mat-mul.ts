import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
import { columnSums } from './column-sums.js';

const threads = 64;
/** Terms of a product that a workgroup keeps at a time, and those of a part where the terms are divided among workgroups. */
const depth = 16;
const partLength = 256;

/** A product of stacks of matrices, [batch, rows, inner] by [batch, inner, columns]. */
export interface MatMulShape {
  readonly batch: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Whether the matrices are stored transposed. */
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether an operand is one matrix for the whole stack. */
  readonly sharedA: boolean;
  readonly sharedB: boolean;
}

/** The operands of a product. */
export interface MatMulOperands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  /** [columns], added to every row. */
  readonly bias?: TensorInfo | undefined;
  /** Whether `b` holds halves, two a word. */
  readonly halves: boolean;
}

interface Variant extends Pick<MatMulShape, 'transposeA' | 'transposeB'> {
  readonly hasBias: boolean;
  readonly halves: boolean;
}

/**
 * A workgroup has a tile of 32 by 32 outputs, a thread 4 by 4 of them. Tiles of both operands are read into shared memory 16
 * terms at a time.
 */
const program = ({ transposeA, transposeB, hasBias, halves }: Variant): Program => ({
  name: `mat mul${transposeA ? ", a'" : ''}${transposeB ? ", b'" : ''}${hasBias ? ', bias' : ''}${halves ? ', halves' : ''}`,
  inputs: { a: 'f32', b: halves ? 'u32' : 'f32', ...(hasBias ? { bias: 'f32' as const } : {}) },
  outputs: { y: 'f32' },
  uniforms: {
    rows: 'u32',
    inner: 'u32',
    columns: 'u32',
    stride_a: 'u32',
    stride_b: 'u32',
    stacks: 'u32',
    parts: 'u32',
    part_length: 'u32',
  },
  threads,
  code: () => `
const side = 32u;
const depth = ${depth}u;
var<workgroup> tile_a: array<f32, ${depth * 32}>;
var<workgroup> tile_b: array<f32, ${depth * 32}>;

fn b_at(i: u32) -> f32 {
  return ${halves ? 'unpack2x16float(b[i / 2u])[i % 2u]' : 'b[i]'};
}

fn run(group: u32, thread: u32) {
  let column_tiles = (uniforms.columns + side - 1u) / side;
  let row_tiles = (uniforms.rows + side - 1u) / side;
  let first_column = group % column_tiles * side;
  let first_row = group / column_tiles % row_tiles * side;
  let slice = group / (column_tiles * row_tiles);
  let part = slice % uniforms.parts;
  let stack = slice / uniforms.parts;
  if (stack >= uniforms.stacks) { return; }
  let start_a = stack * uniforms.stride_a;
  let start_b = stack * uniforms.stride_b;
  let end = min((part + 1u) * uniforms.part_length, uniforms.inner);
  let row = thread / 8u * 4u;
  let column = thread % 8u * 4u;
  var sums: array<vec4<f32>, 4>;
  for (var start = part * uniforms.part_length; start < end; start += depth) {
    for (var cell = thread; cell < side * depth; cell += ${threads}u) {
      // Neighbouring threads read neighbouring numbers.
      let a_row = ${transposeA ? 'cell % side' : 'cell / depth'};
      let a_term = ${transposeA ? 'cell / side' : 'cell % depth'};
      let b_column = ${transposeB ? 'cell / depth' : 'cell % side'};
      let b_term = ${transposeB ? 'cell % depth' : 'cell / side'};
      var value_a = 0.0;
      if (first_row + a_row < uniforms.rows && start + a_term < end) {
        value_a = a[start_a + ${transposeA ? '(start + a_term) * uniforms.rows + first_row + a_row' : '(first_row + a_row) * uniforms.inner + start + a_term'}];
      }
      var value_b = 0.0;
      if (first_column + b_column < uniforms.columns && start + b_term < end) {
        value_b = b_at(start_b + ${transposeB ? '(first_column + b_column) * uniforms.inner + start + b_term' : '(start + b_term) * uniforms.columns + first_column + b_column'});
      }
      tile_a[a_term * side + a_row] = value_a;
      tile_b[b_term * side + b_column] = value_b;
    }
    workgroupBarrier();
    for (var term = 0u; term < depth; term++) {
      let at_b = term * side + column;
      let terms_b = vec4(tile_b[at_b], tile_b[at_b + 1u], tile_b[at_b + 2u], tile_b[at_b + 3u]);
      for (var i = 0u; i < 4u; i++) { sums[i] += tile_a[term * side + row + i] * terms_b; }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let y_column = first_column + column + j;
      if (first_row + row + i < uniforms.rows && y_column < uniforms.columns) {
        var sum = sums[i][j];
        ${hasBias ? 'if (part == 0u) { sum += bias[y_column]; }' : ''}
        y[(slice * uniforms.rows + first_row + row + i) * uniforms.columns + y_column] = sum;
      }
    }
  }
}`,
});

/**
 * Whether a product has so few outputs and so many terms that its terms are divided among workgroups.
 *
 * The stock kernel does so too, but adds the parts as they come, in an order that changes from run to run.
 */
export function dividesTerms(
  { thresholdToIncreaseWorkgroups: threshold }: WebgpuBackend,
  { batch, rows, columns, inner }: MatMulShape,
): boolean {
  const tiles = Math.ceil(rows / 32) * Math.ceil(columns / 32);
  const isNarrow = tiles <= threshold || (rows <= 8 && tiles <= 2 * threshold);
  return batch === 1 && inner >= 2000 && isNarrow && rows * columns > 128;
}

/**
 * The product in tiles: [batch, rows, columns]. Two dispatches where terms are divided, else one.
 */
export function tiledMatMul(
  { backend, run }: { readonly backend: WebgpuBackend; readonly run: RunProgram },
  { a, b, bias, halves }: MatMulOperands,
  shape: MatMulShape,
): TensorInfo {
  const { batch, rows, inner, columns, transposeA, transposeB, sharedA, sharedB } = shape;
  const parts = dividesTerms(backend, shape) ? Math.ceil(inner / partLength) : 1;
  // What is empty cannot be bound. Nothing of it is read, so the bias stands in, which is then the result.
  const [left, right] = inner === 0 && bias ? [bias, bias] : [a, b];
  const { y } = run(program({ transposeA, transposeB, hasBias: bias !== undefined, halves }), {
    groups: batch * parts * Math.ceil(rows / 32) * Math.ceil(columns / 32),
    inputs: { a: left, b: right, ...(bias ? { bias } : {}) },
    outputs: { y: [batch * parts, rows, columns] },
    uniforms: {
      rows,
      inner,
      columns,
      stride_a: sharedA ? 0 : rows * inner,
      stride_b: sharedB ? 0 : inner * columns,
      stacks: batch,
      parts,
      part_length: parts === 1 ? inner : partLength,
    },
  }) as { y: TensorInfo };
  if (parts === 1) return y;
  const [sum] = columnSums(run, [y], [1, rows, columns]);
  backend.disposeData(y.dataId);
  return sum!;
}
