// Our engines in Node: `node sofd.js native`.
import { readFile } from 'node:fs/promises';
import { native, tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { useBackend } from '@sofd/tensor';
import { type RunningWork, startWork } from '../work/run-work.js';
import { profileKernels } from './profile-kernels.js';
import { peakMemoryOfThisProcess, serveContender } from './serve-contender.js';
import { timeRuns } from './time-runs.js';

const engines = {
  native: (threads: number) => native({ threads }),
  wasm: (threads: number) => wasm({ threads }),
  tensorflow: (threads: number) => tensorflow({ threads }),
};
const engine = engines[process.argv[2] as keyof typeof engines];
let tfjsBackend: string;
let work: RunningWork;

await serveContender({
  async prepare(task) {
    const active = await useBackend(engine(task.threads));
    tfjsBackend = active.tfjsBackend;
    const [weights, images] = await Promise.all([readFile(task.weights), readFile(task.images)]);
    work = await startWork(task.work, { weights, images });
    return { description: `${active.device}, Node ${process.versions.node}`, answer: work.answer };
  },
  run: (iterations) => timeRuns(work.run, iterations),
  peakMemory: peakMemoryOfThisProcess,
  profile: (iterations) => profileKernels(tfjsBackend, work.run, iterations),
});
// Worker threads of an engine would keep the process alive.
process.exit(0);
