import type { FusedKernels } from '@sofd/tensor';
import type { Program, RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
import { attentionGradient } from './attention-gradient.js';
import {
  type AttentionVariant,
  attentionUniforms,
  beginTile,
  describeAttention,
  nameOfVariant,
  softmaxTile,
  threads,
  tileProduct,
  tiles,
} from './attention-tiles.js';

/**
 * A workgroup has 16 queries of a head and passes over the keys once, 16 at a time. It keeps the greatest score so far, the sum
 * of the exponentials relative to it, and the values weighted with them; where a greater score comes, what was summed shrinks.
 */
const program = (variant: AttentionVariant) =>
  ({
    name: `attention, ${nameOfVariant(variant)}`,
    inputs: { qkv: 'f32' },
    outputs: { y: 'f32' },
    uniforms: attentionUniforms,
    threads,
    code: () => `
${tiles(variant)}
var<workgroup> weights: array<f32, ${threads}>;

fn run(group: u32, thread: u32) {
  ${beginTile('query')}
  var top = lowest;
  var total = 0.0;
  var sums: array<f32, chunks>;
  for (var other = 0u; other < ${variant.causal ? 'tile + 1u' : 'tile_count()'}; other++) {
    let key = other * side + column;
    ${tileProduct('score', 'packed(0u, query, start + column)', 'packed(1u, other * side + row, start + column)')}
    ${softmaxTile()}
    for (var chunk = 0u; chunk < chunks; chunk++) {
      right[thread] = packed(2u, other * side + row, chunk * side + column);
      workgroupBarrier();
      var sum = sums[chunk] * kept;
      for (var i = 0u; i < side; i++) { sum += weights[row * side + i] * right[i * side + column]; }
      sums[chunk] = sum;
      workgroupBarrier();
    }
  }
  if (query >= uniforms.tokens) { return; }
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let i = chunk * side + column;
    if (i < uniforms.dim) {
      y[((first_token + query) * uniforms.heads + head) * uniforms.dim + i] = sums[chunk] / total;
    }
  }
}`,
  }) satisfies Program;

/** Attention without a matrix of all scores, forward and backward. */
export function createAttention(backend: WebgpuBackend, run: RunProgram): NonNullable<FusedKernels['attention']> {
  return {
    forward({ qkv }, attrs) {
      const call = describeAttention(qkv, attrs);
      const { heads, tokens, dim, batch } = call.uniforms;
      return run(program(call), { ...call, inputs: { qkv }, outputs: { y: [batch, tokens, heads * dim] } }).y;
    },
    gradient: ({ qkv, dy }, attrs) => [attentionGradient({ backend, run }, { qkv, dy }, attrs)],
  };
}
