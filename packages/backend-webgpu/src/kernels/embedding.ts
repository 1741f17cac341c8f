import type { FusedKernels } from '@sofd/tensor';
import { util } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';
import { bufferOf, type WebgpuBackend } from '../tfjs-backend.js';

const threads = 64;

const forwardProgram = {
  name: 'embedding',
  inputs: { ids: 'i32', table: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', width: 'u32' },
  threads,
  code: () => `
fn run(group: u32, thread: u32) {
  let i = group * ${threads}u + thread;
  if (i >= uniforms.size) { return; }
  y[i] = table[u32(ids[i / uniforms.width]) * uniforms.width + i % uniforms.width];
}`,
} satisfies Program;

/**
 * A workgroup an id: where it is the first of its kind it sums the rows of all of them, in their order. So no two threads
 * write to one place, and nothing depends on which is faster.
 */
const gradientProgram = {
  name: 'embedding gradient',
  inputs: { ids: 'i32', dy: 'f32' },
  outputs: { dtable: 'f32' },
  uniforms: { count: 'u32', width: 'u32' },
  threads,
  code: () => `
fn run(place: u32, thread: u32) {
  if (place >= uniforms.count) { return; }
  let id = ids[place];
  for (var earlier = 0u; earlier < place; earlier++) {
    if (ids[earlier] == id) { return; }
  }
  for (var column = thread; column < uniforms.width; column += ${threads}u) {
    var sum = 0.0;
    for (var other = place; other < uniforms.count; other++) {
      if (ids[other] == id) { sum += dy[other * uniforms.width + column]; }
    }
    dtable[u32(id) * uniforms.width + column] = sum;
  }
}`,
} satisfies Program;

/** Rows of a table by their number, and the sum of rows by their number. */
export function createEmbedding(backend: WebgpuBackend, run: RunProgram): NonNullable<FusedKernels['embedding']> {
  return {
    forward({ ids, table }) {
      const [count, width] = [util.sizeFromShape(ids.shape), table.shape[1] as number];
      return run(forwardProgram, {
        groups: Math.ceil((count * width) / threads),
        inputs: { ids, table },
        outputs: { y: [count, width] },
        uniforms: { size: count * width, width },
      }).y;
    },
    gradient({ ids, dy }, { vocabulary }) {
      const [count, width] = dy.shape as [number, number];
      const dtable = backend.makeTensorInfo([vocabulary, width], 'float32');
      clear(backend, dtable);
      run(gradientProgram, { groups: count, inputs: { ids, dy }, outputs: { dtable }, uniforms: { count, width } });
      return [dtable];
    },
  };
}

/** Buffers are reused, so a new one holds what an old one held. */
function clear(backend: WebgpuBackend, tensor: ReturnType<WebgpuBackend['makeTensorInfo']>): void {
  if (util.sizeFromShape(tensor.shape) === 0) {
    backend.tensorMap.get(tensor.dataId).values = new Float32Array(0);
    return;
  }
  const buffer = bufferOf(backend, tensor);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.clearBuffer(buffer);
  backend.commandQueueOwnedIds.add(tensor.dataId);
}
