// Counts what our WebGPU engine has the GPU do in one run of a work, with fused kernels and composed of plain operations:
// `node dispatches.js <task as JSON>`. The last line that it prints is the result.
import { readFile } from 'node:fs/promises';
import { countDispatches, webgpu } from '@sofd/backend-webgpu';
import { useBackend } from '@sofd/tensor';
import { composeLayers } from '@sofd/tensor/conformance';
import { startWork } from '../work/run-work.js';
import type { Task } from './protocol.js';

/** Dispatches of one run. */
export interface DispatchCounts {
  readonly device: string;
  readonly fused: number;
  readonly composed: number;
}

const task: Task = JSON.parse(process.argv[2] ?? '');
const { device } = await useBackend(webgpu());
const [weights, images] = await Promise.all([readFile(task.weights), readFile(task.images)]);
const { run } = await startWork(task.work, { weights, images });
// All of a run is recorded before it first waits, so the form holds for all of it.
const counts: DispatchCounts = {
  device,
  fused: (await countDispatches(run)).dispatches,
  composed: (await countDispatches(() => composeLayers(run))).dispatches,
};
process.stdout.write(`${JSON.stringify(counts)}\n`);
// The GPU's process would keep this one alive.
process.exit(0);
