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

/** The kernels that docs/decisions/convolutions.md is about. */
const convolutionKernels = [
  ...['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D'],
  ...['Add', 'Multiply', 'Minimum', 'Maximum', 'Relu', 'Relu6', 'Prelu', 'LeakyRelu'],
];

/** Milliseconds of processor time of a network of the face package with the stock kernels and with ours, which take turns. */
async function timeNetwork(tf, name, sets) {
  const { loadGraphModel } = requireFrom('face')('@tensorflow/tfjs-converter');
  const folder = join(root, 'packages', 'face', 'models');
  const { modelTopology, signature, weightsManifest } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const weightData = Uint8Array.from(readFileSync(join(folder, `${name}.bin`))).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const model = await loadGraphModel({ load: async () => ({ modelTopology, signature, weightSpecs, weightData }) });
  const image = tf.randomUniform(model.inputs[0].shape.map((extent, i) => (i === 0 ? 1 : extent)));
  const timings = sets.map(() => []);
  for (let round = 0; round < 40; round++) {
    for (const [i, set] of sets.entries()) {
      for (const kernel of set) {
        tf.unregisterKernel(kernel.kernelName, 'wasm');
        tf.registerKernel(kernel);
      }
      const start = process.cpuUsage();
      const outputs = [model.execute(image)].flat();
      for (const output of outputs) output.dataSync();
      const { user, system } = process.cpuUsage(start);
      tf.dispose(outputs);
      if (round >= 10) timings[i].push((user + system) / 1000);
    }
  }
  tf.dispose(image);
  model.dispose();
  return timings.map(median);
}

const figures = {
  /** docs/decisions/convolutions.md */
  async convolutions() {
    const tf = requireFrom('backend-wasm')('@tensorflow/tfjs-core');
    requireFrom('backend-wasm')('@tensorflow/tfjs-backend-wasm');
    const look = () => convolutionKernels.map((name) => tf.getKernel(name, 'wasm'));
    const stock = look();
    const from = async (name) => import(join(root, 'packages', name, 'dist', 'index.js'));
    const { useBackend } = await from('tensor');
    const backends = [(await from('backend-wasm')).wasm, (await from('backend-node')).native];
    const lines = [];
    for (const create of backends) {
      if (!(await create().probe()).available) continue;
      const engine = await useBackend(create({ threads: 1 }));
      const own = look();
      for (const name of ['blazeface', 'facemesh', 'faceres', 'emotion']) {
        const [before, after] = await timeNetwork(tf, name, [stock, own]);
        const times = `stock ${before.toFixed(1)} ms, own ${after.toFixed(1)} ms, ${(before / after).toFixed(2)} times as fast`;
        lines.push(`Node ${process.versions.node}, ${engine.device}, ${name}: ${times}`);
      }
      await engine.dispose();
    }
    return lines;
  },
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
  /** docs/decisions/own-wasm-kernels.md */
  async wasm() {
    const tf = await startStockWasm();
    const random = (shape) => tf.randomNormal(shape, 0, 1, 'float32', 1);
    const [left, right] = [random([96, 50, 64]), random([96, 50, 64])];
    const [images, weights, slopes] = [random([512, 768]), random([768, 768]), random([512, 768])];
    const [x, gain, bias] = [random([400, 768]), random([768]), random([768])];
    const products = {
      'attention, 96 of [50, 64] times [50, 64] transposed': [
        96 * 50 * 64 * 50,
        () => tf.matMul(left, right, false, true),
      ],
      '[512, 768] times [768, 768]': [512 * 768 * 768, () => tf.matMul(images, weights)],
      'its gradient, [512, 768] transposed times [512, 768]': [
        768 * 512 * 768,
        () => tf.matMul(images, slopes, true, false),
      ],
    };
    const speeds = async () => {
      const found = [];
      for (const [multiplications, run] of Object.values(products))
        found.push(`${((2 * multiplications) / (await time(run, 40)) / 1e6).toFixed(1)} GFLOP/s`);
      return found;
    };
    const stock = await speeds();
    const from = async (path) => import(join(root, 'packages', path));
    const { useBackend, layerNorm } = await from('tensor/dist/index.js');
    const { composeLayers } = await from('tensor/dist/conformance/index.js');
    const { wasm } = await from('backend-wasm/dist/index.js');
    const { device } = await useBackend(wasm({ threads: 1 }));
    const own = await speeds();
    const norm = () => tf.tidy(() => layerNorm(x, { gain, bias }));
    const [composed, fused] = [await time(() => composeLayers(norm), 40), await time(norm, 40)];
    return [
      `Node ${process.versions.node}, ${device}`,
      ...Object.keys(products).map((name, i) => `${name}: stock ${stock[i]}, own ${own[i]}`),
      `layerNorm [400, 768]: composed ${composed.toFixed(2)} ms, fused ${fused.toFixed(2)} ms`,
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
