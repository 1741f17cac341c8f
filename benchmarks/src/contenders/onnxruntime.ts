// ONNX Runtime in Node: `node onnxruntime.js onnxruntime-node <a file of the folder that has it installed>`.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type OnnxRuntime, startOnnx } from '../work/run-onnx.js';
import type { RunningWork } from '../work/run-work.js';
import { peakMemoryOfThisProcess, serveContender } from './serve-contender.js';
import { timeRuns } from './time-runs.js';

const [packageName = '', installedAt = ''] = process.argv.slice(2);
const require = createRequire(installedAt);
let work: RunningWork;

await serveContender({
  async prepare({ work: asked, graph, images, threads }) {
    const ort: OnnxRuntime = require(packageName);
    ort.env.wasm.numThreads = threads;
    const source = packageName === 'onnxruntime-node' ? graph! : await readFile(graph!);
    work = await startOnnx(ort, source, { work: asked, images: await readFile(images), threads });
    const version = ort.env.versions[packageName === 'onnxruntime-node' ? 'node' : 'web'];
    return { description: `${packageName} ${version}, Node ${process.versions.node}`, answer: work.answer };
  },
  run: (iterations) => timeRuns(work.run, iterations),
  peakMemory: peakMemoryOfThisProcess,
});
// ONNX Runtime's threads would keep the process alive.
process.exit(0);
