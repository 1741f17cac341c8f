import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';

const threads = 256;

/** Columns side by side in a workgroup. Sixteen use whole cache lines; fewer leave more threads to a column. */
const widthFor = (columns: number) => (columns >= 16 ? 16 : columns >= 4 ? 4 : 1);

/** WGSL: sums array i, each thread over every `lanes`th row, then over the threads of a column. */
const sumOne = (i: number, width: number, lanes: number) => `
  var sum${i} = 0.0;
  if (column < uniforms.columns) {
    for (var row = lane; row < uniforms.rows; row += ${lanes}u) { sum${i} += x${i}[row * uniforms.columns + column]; }
  }
  cells[thread] = sum${i};
  workgroupBarrier();
  for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { cells[thread] += cells[thread + half * ${width}u]; }
    workgroupBarrier();
  }
  if (lane == 0u && column < uniforms.columns) { y${i}[column] = cells[thread]; }
  workgroupBarrier();`;

function columnSumsProgram(arrays: number, width: number): Program {
  const each = Array.from({ length: arrays }, (_, i) => i);
  const lanes = threads / width;
  return {
    name: `column sums of ${arrays}, ${width} wide`,
    inputs: Object.fromEntries(each.map((i) => [`x${i}`, 'f32' as const])),
    outputs: Object.fromEntries(each.map((i) => [`y${i}`, 'f32' as const])),
    uniforms: { rows: 'u32', columns: 'u32' },
    threads,
    code: () => `
var<workgroup> cells: array<f32, ${threads}>;

fn run(group: u32, thread: u32) {
  let column = group * ${width}u + thread % ${width}u;
  let lane = thread / ${width}u;
  ${each.map((i) => sumOne(i, width, lanes)).join('')}
}`,
  };
}

/**
 * Sums over the leading extents, of several arrays at once, in a fixed order.
 *
 * @param run - records the program.
 * @param arrays - of one size, at most four: [..., ...shape]
 * @param shape - what is kept.
 * @returns [...shape] each
 */
export function columnSums(run: RunProgram, arrays: readonly TensorInfo[], shape: readonly number[]): TensorInfo[] {
  const columns = util.sizeFromShape([...shape]);
  const rows = columns === 0 ? 0 : util.sizeFromShape((arrays[0] as TensorInfo).shape) / columns;
  const width = widthFor(columns);
  const outputs = run(columnSumsProgram(arrays.length, width), {
    groups: Math.ceil(columns / width),
    inputs: Object.fromEntries(arrays.map((array, i) => [`x${i}`, array])),
    outputs: Object.fromEntries(arrays.map((_, i) => [`y${i}`, shape])),
    uniforms: { rows, columns },
  });
  return Object.values(outputs);
}
