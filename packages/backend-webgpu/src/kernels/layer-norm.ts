import type { FusedKernels } from '@sofd/tensor';
import { util } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
import { addBlocks, divideRows } from './row-blocks.js';
import { sumOverThreads } from './sum-over-threads.js';

/** Threads that share a row, and the numbers of it that each keeps in registers. */
function shareRow(width: number): { readonly threads: number; readonly share: number } {
  const threads = width > 256 ? 256 : 64;
  return { threads, share: Math.max(1, Math.ceil(width / threads)) };
}

/** WGSL: reads a row into `values`, which it centres, and computes the reciprocal deviation. */
const normalise = (threads: number, share: number) => `
${sumOverThreads(threads)}

const share = ${share}u;
var<private> values: array<f32, share>;

/** The row's numbers minus their mean go to values; returns 1 / sqrt(variance + epsilon). */
fn centre(start: u32, thread: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < share; i++) {
    let column = i * ${threads}u + thread;
    values[i] = 0.0;
    if (column < uniforms.width) { values[i] = x[start + column]; }
    sum += values[i];
  }
  let mean = sum_over_threads(sum, thread) / f32(uniforms.width);
  var squares = 0.0;
  for (var i = 0u; i < share; i++) {
    values[i] -= mean;
    if (i * ${threads}u + thread < uniforms.width) { squares += values[i] * values[i]; }
  }
  return inverseSqrt(sum_over_threads(squares, thread) / f32(uniforms.width) + uniforms.epsilon);
}`;

const forwardProgram = (threads: number, share: number) =>
  ({
    name: `layer norm, ${threads} threads, ${share} each`,
    inputs: { x: 'f32', gain: 'f32', bias: 'f32' },
    outputs: { y: 'f32' },
    uniforms: { rows: 'u32', width: 'u32', epsilon: 'f32' },
    threads,
    code: () => `
${normalise(threads, share)}

fn run(row: u32, thread: u32) {
  if (row >= uniforms.rows) { return; }
  let start = row * uniforms.width;
  let scale = centre(start, thread);
  for (var i = 0u; i < share; i++) {
    let column = i * ${threads}u + thread;
    if (column < uniforms.width) { y[start + column] = values[i] * scale * gain[column] + bias[column]; }
  }
}`,
  }) satisfies Program;

/**
 * With n = (x - mean) * scale and s = dy * gain: dx = scale * (s - mean(s) - n * mean(s * n)), dgain the sum of dy * n and
 * dbias that of dy over the rows, of which a workgroup has a block.
 */
const gradientProgram = (threads: number, share: number) =>
  ({
    name: `layer norm gradient, ${threads} threads, ${share} each`,
    inputs: { x: 'f32', gain: 'f32', dy: 'f32' },
    outputs: { dx: 'f32', gain_sums: 'f32', bias_sums: 'f32' },
    uniforms: { rows: 'u32', rows_per_block: 'u32', width: 'u32', epsilon: 'f32' },
    threads,
    code: () => `
${normalise(threads, share)}

fn run(block: u32, thread: u32) {
  let first = block * uniforms.rows_per_block;
  if (first >= uniforms.rows) { return; }
  let width = uniforms.width;
  var gains: array<f32, share>;
  var biases: array<f32, share>;
  for (var row = first; row < min(first + uniforms.rows_per_block, uniforms.rows); row++) {
    let start = row * width;
    let scale = centre(start, thread);
    var slopes: array<f32, share>;
    var sum = 0.0;
    var product = 0.0;
    for (var i = 0u; i < share; i++) {
      let column = i * ${threads}u + thread;
      if (column < width) {
        let slope = dy[start + column];
        values[i] *= scale;
        gains[i] += slope * values[i];
        biases[i] += slope;
        slopes[i] = slope * gain[column];
        sum += slopes[i];
        product += slopes[i] * values[i];
      }
    }
    let mean = sum_over_threads(sum, thread) / f32(width);
    let projection = sum_over_threads(product, thread) / f32(width);
    for (var i = 0u; i < share; i++) {
      let column = i * ${threads}u + thread;
      if (column < width) { dx[start + column] = scale * (slopes[i] - mean - values[i] * projection); }
    }
  }
  for (var i = 0u; i < share; i++) {
    let column = i * ${threads}u + thread;
    if (column < width) {
      gain_sums[block * width + column] = gains[i];
      bias_sums[block * width + column] = biases[i];
    }
  }
}`,
  }) satisfies Program;

/** Layer normalisation: a workgroup a row, and in the gradient a workgroup a block of rows. */
export function createLayerNorm(backend: WebgpuBackend, run: RunProgram): NonNullable<FusedKernels['layerNorm']> {
  return {
    forward({ x, gain, bias }, { epsilon }) {
      const width = x.shape.at(-1) as number;
      const rows = util.sizeFromShape(x.shape.slice(0, -1));
      const { threads, share } = shareRow(width);
      return run(forwardProgram(threads, share), {
        groups: rows,
        inputs: { x, gain, bias },
        outputs: { y: x.shape },
        uniforms: { rows, width, epsilon },
      }).y;
    },
    gradient({ x, gain, dy }, { epsilon }) {
      const width = x.shape.at(-1) as number;
      const rows = util.sizeFromShape(x.shape.slice(0, -1));
      const { threads, share } = shareRow(width);
      const { blocks, rowsPerBlock } = divideRows(rows);
      const { dx, gain_sums, bias_sums } = run(gradientProgram(threads, share), {
        groups: blocks,
        inputs: { x, gain, dy },
        outputs: { dx: x.shape, gain_sums: [blocks, width], bias_sums: [blocks, width] },
        uniforms: { rows, rows_per_block: rowsPerBlock, width, epsilon },
      });
      const [dgain, dbias] = addBlocks({ backend, run }, [gain_sums, bias_sums]);
      return [dx, dgain!, dbias!];
    },
  };
}
