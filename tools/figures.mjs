// Prints the figures that docs/decisions/ quote, measured on this machine: `node tools/figures.mjs [name]`.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const requireFrom = (name) => createRequire(join(root, 'packages', name, 'package.json'));
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const toMegabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/** tfjs as npm delivers it, on its wasm engine, without anything of ours. */
async function startStockWasm() {
  const require = requireFrom('backend-wasm');
  const tf = require('@tensorflow/tfjs-core');
  const engine = require('@tensorflow/tfjs-backend-wasm');
  engine.setWasmPaths(`${join(root, 'packages', 'backend-wasm', 'assets')}/`);
  await tf.setBackend('wasm');
  return tf;
}

/** Median milliseconds of `run`, which returns a tensor; the first call does not count. */
async function time(run, times = 9) {
  const timings = [];
  for (let i = 0; i <= times; i++) {
    const start = performance.now();
    const result = run();
    await result.data();
    if (i > 0) timings.push(performance.now() - start);
    result.dispose();
  }
  return median(timings);
}

const figures = {
  /** docs/decisions/no-rank-5-no-conv.md */
  async rank() {
    const tf = await startStockWasm();
    const [batch, tokens, heads, width] = [16, 50, 3, 64];
    const qkv = tf.randomNormal([batch, tokens, 3 * heads * width], 0, 1, 'float32', 1);
    const five = await time(() => tf.transpose(tf.reshape(qkv, [batch, tokens, 3, heads, width]), [2, 0, 3, 1, 4]));
    const four = await time(() => tf.transpose(tf.reshape(qkv, [batch, tokens, 3 * heads, width]), [2, 0, 1, 3]));
    return [
      `transpose of [${batch}, ${tokens}, 3, ${heads}, ${width}]: rank 5 ${five.toFixed(2)} ms, as rank 4 ${four.toFixed(2)} ms`,
    ];
  },
  /** docs/decisions/no-rank-5-no-conv.md */
  async kernels() {
    const tf = await startStockWasm();
    const wanted = [
      'Conv2D',
      'Conv2DBackpropInput',
      'Conv2DBackpropFilter',
      'DepthwiseConv2dNative',
      'DepthwiseConv2dNativeBackpropInput',
      'DepthwiseConv2dNativeBackpropFilter',
      'GatherV2',
      'UnsortedSegmentSum',
      'Einsum',
    ];
    const missing = wanted.filter((kernel) => !tf.getKernel(kernel, 'wasm'));
    return [`kernels that tfjs's wasm engine lacks, of ${wanted.length} asked for: ${missing.join(', ')}`];
  },
  /** docs/decisions/batched-matmul.md */
  async matmul() {
    const tf = await startStockWasm();
    const left = tf.randomNormal([96, 50, 64], 0, 1, 'float32', 1);
    const right = tf.randomNormal([96, 50, 64], 0, 1, 'float32', 2);
    const flat = tf.randomNormal([4800, 64], 0, 1, 'float32', 3);
    const weight = tf.randomNormal([64, 50], 0, 1, 'float32', 4);
    const operations = 2 * 96 * 50 * 50 * 64;
    const speed = (ms) => `${(operations / ms / 1e6).toFixed(1)} GFLOP/s`;
    const batched = await time(() => tf.matMul(left, right, false, true));
    const plain = await time(() => tf.matMul(flat, weight));
    return [
      `tfjs's wasm engine as delivered: batched and transposed ${speed(batched)}, one plain product of the same size ${speed(plain)}`,
    ];
  },
  /** docs/decisions/face-models.md */
  async models() {
    const folder = join(root, 'packages', 'face', 'models');
    return readdirSync(folder)
      .filter((file) => file.endsWith('.bin'))
      .sort()
      .map((file) => `${file}: ${toMegabytes(statSync(join(folder, file)).size)}`);
  },
  /** docs/decisions/commander-and-cli-progress.md, valibot.md and sharp.md */
  async dependencies() {
    const direct = (name, from) => {
      const manifest = JSON.parse(
        readFileSync(join(root, 'packages', from, 'node_modules', name, 'package.json'), 'utf8'),
      );
      return `${name} ${manifest.version}: ${Object.keys(manifest.dependencies ?? {}).length} dependencies of its own`;
    };
    return [
      direct('commander', 'cli'),
      direct('cli-progress', 'cli'),
      direct('valibot', 'core'),
      direct('sharp', 'face'),
    ];
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(figures, name));
if (unknown.length > 0) {
  console.error(
    `figures: expected ${Object.keys(figures).join(', ')} or nothing, got ${unknown.join(', ')}; correct the names.`,
  );
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(figures))
  for (const line of await figures[name]()) console.log(`${name}: ${line}`);
// The wasm engine keeps worker threads alive.
process.exit(0);
