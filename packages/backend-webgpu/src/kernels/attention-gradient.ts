import type { AttentionAttributes } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';
import type { WebgpuBackend } from '../tfjs-backend.js';
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
  unpackedReader,
} from './attention-tiles.js';

// With weights p = softmax(s), scores s = scale q k' and slopes g = dy v' of the weights:
//   ds = p (g - sum over keys of p g), dq = scale ds k, dk = scale ds' q, dv = p' dy.

/**
 * The gradient of the queries. As forward, a workgroup passes over the keys once; it sums p g, p g k and p k, of which
 * dq = scale (sum of p g k - (sum of p g) (sum of p k)). For the keys' program it leaves, by query, the greatest score, the reciprocal of
 * the sum of exponentials, and the sum of p g.
 */
const queryProgram = (variant: AttentionVariant) =>
  ({
    name: `attention gradient of queries, ${nameOfVariant(variant)}`,
    inputs: { qkv: 'f32', dy: 'f32' },
    outputs: { dqkv: 'f32', softmaxes: 'f32' },
    uniforms: attentionUniforms,
    threads,
    code: () => `
${tiles(variant)}
${unpackedReader('dy')}
var<workgroup> weights: array<f32, ${threads}>;
var<workgroup> sloped: array<f32, ${threads}>;

fn run(group: u32, thread: u32) {
  ${beginTile('query')}
  var top = lowest;
  var total = 0.0;
  var slope_total = 0.0;
  var keys: array<f32, chunks>;
  var sloped_keys: array<f32, chunks>;
  for (var other = 0u; other < ${variant.causal ? 'tile + 1u' : 'tile_count()'}; other++) {
    let key = other * side + column;
    ${tileProduct('score', 'packed(0u, query, start + column)', 'packed(1u, other * side + row, start + column)')}
    ${tileProduct('slope', 'dy_at(query, start + column)', 'packed(2u, other * side + row, start + column)')}
    ${softmaxTile('sloped[thread] = weight * slope;')}
    slope_total *= kept;
    for (var i = 0u; i < side; i++) { slope_total += sloped[row * side + i]; }
    for (var chunk = 0u; chunk < chunks; chunk++) {
      right[thread] = packed(1u, other * side + row, chunk * side + column);
      workgroupBarrier();
      var key_sum = keys[chunk] * kept;
      var sloped_sum = sloped_keys[chunk] * kept;
      for (var i = 0u; i < side; i++) {
        key_sum += weights[row * side + i] * right[i * side + column];
        sloped_sum += sloped[row * side + i] * right[i * side + column];
      }
      keys[chunk] = key_sum;
      sloped_keys[chunk] = sloped_sum;
      workgroupBarrier();
    }
  }
  if (query >= uniforms.tokens) { return; }
  let mean_slope = slope_total / total;
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let i = chunk * side + column;
    if (i < uniforms.dim) {
      dqkv[place_of(0u, query, i)] = uniforms.scale * (sloped_keys[chunk] - mean_slope * keys[chunk]) / total;
    }
  }
  if (column == 0u) {
    let place = ((first_token + query) * uniforms.heads + head) * 3u;
    softmaxes[place] = top;
    softmaxes[place + 1u] = 1.0 / total;
    softmaxes[place + 2u] = mean_slope;
  }
}`,
  }) satisfies Program;

/** The gradients of keys and values: a workgroup has 16 keys and passes over the queries; tiles are transposed, keys by queries. */
const keyProgram = (variant: AttentionVariant) =>
  ({
    name: `attention gradient of keys and values, ${nameOfVariant(variant)}`,
    inputs: { qkv: 'f32', dy: 'f32', softmaxes: 'f32' },
    outputs: { dqkv: 'f32' },
    uniforms: attentionUniforms,
    threads,
    code: () => `
${tiles(variant)}
${unpackedReader('dy')}
var<workgroup> weights: array<f32, ${threads}>;
var<workgroup> sloped: array<f32, ${threads}>;

fn run(group: u32, thread: u32) {
  ${beginTile('key')}
  var dkeys: array<f32, chunks>;
  var dvalues: array<f32, chunks>;
  for (var other = ${variant.causal ? 'tile' : '0u'}; other < tile_count(); other++) {
    let query = other * side + column;
    ${tileProduct('score', 'packed(1u, key, start + column)', 'packed(0u, other * side + row, start + column)')}
    ${tileProduct('slope', 'packed(2u, key, start + column)', 'dy_at(other * side + row, start + column)')}
    var weight = 0.0;
    var mean_slope = 0.0;
    if (sees(query, key)) {
      let place = ((first_token + query) * uniforms.heads + head) * 3u;
      weight = exp(score * uniforms.scale - softmaxes[place]) * softmaxes[place + 1u];
      mean_slope = softmaxes[place + 2u];
    }
    weights[thread] = weight;
    sloped[thread] = weight * (slope - mean_slope);
    workgroupBarrier();
    for (var chunk = 0u; chunk < chunks; chunk++) {
      left[thread] = packed(0u, other * side + row, chunk * side + column);
      right[thread] = dy_at(other * side + row, chunk * side + column);
      workgroupBarrier();
      var dkey = dkeys[chunk];
      var dvalue = dvalues[chunk];
      for (var i = 0u; i < side; i++) {
        dkey += sloped[row * side + i] * left[i * side + column];
        dvalue += weights[row * side + i] * right[i * side + column];
      }
      dkeys[chunk] = dkey;
      dvalues[chunk] = dvalue;
      workgroupBarrier();
    }
  }
  if (key >= uniforms.tokens) { return; }
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let i = chunk * side + column;
    if (i < uniforms.dim) {
      dqkv[place_of(1u, key, i)] = uniforms.scale * dkeys[chunk];
      dqkv[place_of(2u, key, i)] = dvalues[chunk];
    }
  }
}`,
  }) satisfies Program;

/** The gradient of the packed queries, keys and values, [batch, tokens, 3 * width]. */
export function attentionGradient(
  { backend, run }: { readonly backend: WebgpuBackend; readonly run: RunProgram },
  { qkv, dy }: Readonly<Record<'qkv' | 'dy', TensorInfo>>,
  attrs: AttentionAttributes,
): TensorInfo {
  const call = describeAttention(qkv, attrs);
  const { batch, tokens, heads } = call.uniforms;
  const outputs = { dqkv: qkv.shape, softmaxes: [batch, tokens, heads, 3] };
  const { dqkv, softmaxes } = run(queryProgram(call), { ...call, inputs: { qkv, dy }, outputs });
  run(keyProgram(call), { ...call, inputs: { qkv, dy, softmaxes }, outputs: { dqkv } });
  backend.disposeData(softmaxes.dataId);
  return dqkv;
}
