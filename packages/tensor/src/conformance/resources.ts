import { engine, memory } from '@tensorflow/tfjs-core';
import { failure } from './tolerance.js';

/** What is alive: as tfjs counts it, and as the engine does, where a kernel's own scratch arrays show. */
interface Resources {
  readonly tensors: number;
  readonly buffers: number;
  readonly bytes: number;
  readonly engineBuffers: number;
}

function countResources(): Resources {
  const { numTensors, numDataBuffers, numBytes } = memory();
  const engineBuffers = engine().backend.numDataIds();
  return { tensors: numTensors, buffers: numDataBuffers, bytes: numBytes, engineBuffers };
}

/** @throws SofdError with the code `CONFORMANCE` when more, or less, is alive than before. */
function assertNothingLeft(name: string, before: Resources): void {
  const now = countResources();
  const left = {
    tensors: now.tensors - before.tensors,
    buffers: now.buffers - before.buffers,
    bytes: now.bytes - before.bytes,
    'buffers of the engine': now.engineBuffers - before.engineBuffers,
  };
  const excess = Object.entries(left).filter(([, count]) => count !== 0);
  if (excess.length === 0) return;
  throw failure(name, 'nothing left over', excess.map(([what, count]) => `${count} ${what}`).join(', '));
}

/** Runs a check and compares what is alive before and after. */
export async function withoutLeak(name: string, check: () => Promise<void>): Promise<void> {
  const before = countResources();
  await check();
  assertNothingLeft(name, before);
}
