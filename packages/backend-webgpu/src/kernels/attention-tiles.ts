import type { AttentionAttributes } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Attention is computed in square tiles of 16 tokens by 16 tokens, a thread an element of a tile. */
export const threads = 256;

/** The numbers that all attention programs are given. */
export const attentionUniforms = {
  batch: 'u32',
  tokens: 'u32',
  heads: 'u32',
  dim: 'u32',
  scale: 'f32',
} as const;

/** The extents of a call. */
export function describeAttention(qkv: TensorInfo, { heads, causal }: AttentionAttributes) {
  const [batch, tokens, triple] = qkv.shape as [number, number, number];
  const dim = triple / 3 / heads;
  const tiles = Math.ceil(tokens / 16);
  return {
    /** A workgroup a tile of tokens of a head of a batch entry. */
    groups: batch * heads * tiles,
    /** A head's numbers, sixteen at a time. */
    chunks: Math.max(1, Math.ceil(dim / 16)),
    causal,
    uniforms: { batch, tokens, heads, dim, scale: 1 / Math.sqrt(dim) },
  };
}

/** How a program is specialised. */
export type AttentionVariant = Pick<ReturnType<typeof describeAttention>, 'chunks' | 'causal'>;

export const nameOfVariant = ({ chunks, causal }: AttentionVariant): string =>
  `${chunks} chunks${causal ? ', causal' : ''}`;

/**
 * WGSL: the tiles in memory that the workgroup shares, the place of a workgroup, and reading of the packed queries (part 0), keys
 * (1) and values (2), which are zero beyond their extents.
 */
export const tiles = ({ chunks, causal }: AttentionVariant): string => `
const side = 16u;
const chunks = ${chunks}u;
/** What stands for minus infinity, which shaders may take not to occur. */
const lowest = -1e30;
var<workgroup> left: array<f32, ${threads}>;
var<workgroup> right: array<f32, ${threads}>;
var<private> head: u32;
var<private> first_token: u32;

fn tile_count() -> u32 { return (uniforms.tokens + side - 1u) / side; }

/** Returns the number of the workgroup's tile, or one beyond the last where there is none. */
fn locate(group: u32) -> u32 {
  let heads_and_entries = group / tile_count();
  head = heads_and_entries % uniforms.heads;
  let entry = heads_and_entries / uniforms.heads;
  first_token = entry * uniforms.tokens;
  return select(tile_count(), group % tile_count(), entry < uniforms.batch);
}

fn sees(query: u32, key: u32) -> bool {
  return query < uniforms.tokens && key < uniforms.tokens${causal ? ' && key <= query' : ''};
}

fn place_of(part: u32, token: u32, column: u32) -> u32 {
  return (((first_token + token) * 3u + part) * uniforms.heads + head) * uniforms.dim + column;
}

fn packed(part: u32, token: u32, column: u32) -> f32 {
  if (token >= uniforms.tokens || column >= uniforms.dim) { return 0.0; }
  return qkv[place_of(part, token, column)];
}`;

/** WGSL: reading of what has one number where the packed array has three. */
export const unpackedReader = (buffer: string): string => `
fn ${buffer}_at(token: u32, column: u32) -> f32 {
  if (token >= uniforms.tokens || column >= uniforms.dim) { return 0.0; }
  return ${buffer}[((first_token + token) * uniforms.heads + head) * uniforms.dim + column];
}`;

/**
 * WGSL: the thread's element of the product of a tile's rows with another's, transposed.
 *
 * @param target - the variable that is declared for it.
 * @param leftAt - reads the row `row` of the tile at `column + start`.
 * @param rightAt - likewise of the other tile.
 */
export const tileProduct = (target: string, leftAt: string, rightAt: string): string => `
var ${target} = 0.0;
for (var start = 0u; start < chunks * side; start += side) {
  left[thread] = ${leftAt};
  right[column * side + row] = ${rightAt};
  workgroupBarrier();
  for (var i = 0u; i < side; i++) { ${target} += left[row * side + i] * right[i * side + column]; }
  workgroupBarrier();
}`;

/**
 * WGSL: finds the workgroup's tile and the thread's place in it, and ends where there is none.
 *
 * @param token - the variable that is declared for the token of the thread's row.
 */
export const beginTile = (token: 'query' | 'key'): string => `
let tile = locate(group);
if (tile >= tile_count()) { return; }
let row = thread / side;
let column = thread % side;
let ${token} = tile * side + row;`;

/**
 * WGSL: takes one more tile of `score` into a softmax that passes over the keys once. `top` is the greatest score so far and `total`
 * the sum of the exponentials relative to it; `weights` gets those of the tile. What was summed before has to be multiplied by `kept`.
 *
 * @param alongside - what is written beside the `weight` of the thread, for all threads to see.
 */
export const softmaxTile = (alongside = ''): string => `
let visible = sees(query, key);
score = select(lowest, score * uniforms.scale, visible);
weights[thread] = score;
workgroupBarrier();
var new_top = top;
for (var i = 0u; i < side; i++) { new_top = max(new_top, weights[row * side + i]); }
workgroupBarrier();
let weight = select(0.0, exp(score - new_top), visible);
weights[thread] = weight;
${alongside}
workgroupBarrier();
// Of the first tile nothing is kept; the bound keeps the exponential from a range where engines differ.
let kept = exp(max(top - new_top, -80.0));
top = new_top;
total *= kept;
for (var i = 0u; i < side; i++) { total += weights[row * side + i]; }`;
