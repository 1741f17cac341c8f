import type { FusedKernels } from '@sofd/tensor';
import { util } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
import { addBlocks, divideRows } from './row-blocks.js';

const threads = 64;

/** WGSL: without overflow for any z, since exp of a positive number never occurs. */
const sigmoid = `
fn sigmoid(z: f32) -> f32 {
  let e = exp(-abs(z));
  return select(e, 1.0, z >= 0.0) / (1.0 + e);
}`;

const forwardProgram = {
  name: 'bias and quick gelu',
  inputs: { x: 'f32', bias: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', width: 'u32' },
  threads,
  code: () => `
${sigmoid}

fn run(group: u32, thread: u32) {
  let i = group * ${threads}u + thread;
  if (i >= uniforms.size) { return; }
  let z = x[i] + bias[i % uniforms.width];
  y[i] = z * sigmoid(1.702 * z);
}`,
} satisfies Program;

/** A workgroup has 64 columns of a block of rows, a thread one column: dx, and the block's sum of it for the bias. */
const gradientProgram = {
  name: 'bias and quick gelu gradient',
  inputs: { x: 'f32', bias: 'f32', dy: 'f32' },
  outputs: { dx: 'f32', bias_sums: 'f32' },
  uniforms: { rows: 'u32', rows_per_block: 'u32', width: 'u32', strips: 'u32' },
  threads,
  code: () => `
${sigmoid}

fn run(group: u32, thread: u32) {
  let block = group / uniforms.strips;
  let column = group % uniforms.strips * ${threads}u + thread;
  let first = block * uniforms.rows_per_block;
  if (first >= uniforms.rows || column >= uniforms.width) { return; }
  let shift = bias[column];
  var sum = 0.0;
  for (var row = first; row < min(first + uniforms.rows_per_block, uniforms.rows); row++) {
    let i = row * uniforms.width + column;
    let z = x[i] + shift;
    let s = sigmoid(1.702 * z);
    let slope = dy[i] * (s + 1.702 * z * s * (1.0 - s));
    dx[i] = slope;
    sum += slope;
  }
  bias_sums[block * uniforms.width + column] = sum;
}`,
} satisfies Program;

/** QuickGELU after a bias. */
export function createBiasQuickGelu(
  backend: WebgpuBackend,
  run: RunProgram,
): NonNullable<FusedKernels['biasQuickGelu']> {
  return {
    forward({ x, bias }) {
      const size = util.sizeFromShape(x.shape);
      return run(forwardProgram, {
        groups: Math.ceil(size / threads),
        inputs: { x, bias },
        outputs: { y: x.shape },
        uniforms: { size, width: x.shape.at(-1) as number },
      }).y;
    },
    gradient({ x, bias, dy }) {
      const width = x.shape.at(-1) as number;
      const rows = util.sizeFromShape(x.shape.slice(0, -1));
      const { blocks, rowsPerBlock } = divideRows(rows);
      const strips = Math.ceil(width / threads);
      const { dx, bias_sums } = run(gradientProgram, {
        groups: blocks * strips,
        inputs: { x, bias, dy },
        outputs: { dx: x.shape, bias_sums: [blocks, width] },
        uniforms: { rows, rows_per_block: rowsPerBlock, width, strips },
      });
      const [dbias] = addBlocks({ backend, run }, [bias_sums]);
      return [dx, dbias!];
    },
  };
}
