// A contender in a page, called by src/contenders/chromium.ts. The address says which: `?contender=wasm`.
import { wasm } from '@sofd/backend-wasm';
import { useBackend } from '@sofd/tensor';
import type { Contender, Task } from '../contenders/protocol.js';
import { timeRuns } from '../contenders/time-runs.js';
import { type OnnxRuntime, startOnnx } from '../work/run-onnx.js';
import { type RunningWork, startWork } from '../work/run-work.js';

const contenders = {
  async wasm({ work, weights, images, threads }: Task) {
    const { device } = await useBackend(wasm({ threads }));
    return { device, ...(await startWork(work, { weights: await load(weights), images: await load(images) })) };
  },
  async 'onnxruntime-web'({ work, graph, images, threads }: Task) {
    const entry = '/onnxruntime-web/ort.wasm.min.mjs';
    const ort: OnnxRuntime = await import(/* @vite-ignore */ entry);
    Object.assign(ort.env.wasm, { numThreads: threads, wasmPaths: '/onnxruntime-web/' });
    const started = await startOnnx(ort, await load(graph!), { work, images: await load(images), threads });
    return { device: `onnxruntime-web ${ort.env.versions.web}`, ...started };
  },
};

async function load(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`contender: ${url} answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

const name = new URLSearchParams(location.search).get('contender') as keyof typeof contenders;
let running: RunningWork;

const contender: Omit<Contender, 'peakMemory'> = {
  async prepare(task) {
    const { device, ...work } = await contenders[name](task);
    running = work;
    return { description: device, answer: work.answer };
  },
  run: (iterations) => timeRuns(running.run, iterations),
};

Object.assign(globalThis, { contender });
