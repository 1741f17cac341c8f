import { decodeSafetensors } from '@sofd/tensor';
import type { RunningWork } from './run-work.js';
import type { Work } from './work.js';

/** The part of ONNX Runtime's interface that is used; the same in Node and browsers. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(
      graph: string | Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object): Promise<Record<string, OnnxTensor>> }>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OnnxTensor;
  readonly env: {
    readonly wasm: { numThreads: number; wasmPaths?: string };
    readonly versions: Readonly<Record<'node' | 'web', string>>;
  };
}

interface OnnxTensor {
  readonly data: Float32Array;
}

/**
 * Builds the forward pass of a graph with ONNX Runtime and computes its answer.
 *
 * Threads spin while they wait within a run, which is fastest, and stop when it ends, so that they take no time from others.
 *
 * @param ort - ONNX Runtime for Node or for the web.
 * @param graph - a path, or the bytes of the graph.
 * @param task - the work, the bytes of the file of images, the threads.
 */
export async function startOnnx(
  ort: OnnxRuntime,
  graph: string | Uint8Array,
  { work, images, threads }: { readonly work: Work; readonly images: Uint8Array; readonly threads: number },
): Promise<RunningWork> {
  if (work.kind !== 'forward') throw new Error(`ONNX Runtime: expected a forward pass, got ${work.kind}.`);
  const session = await ort.InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: { allow_spinning: '1' }, force_spinning_stop: '1' } },
  });
  const { shape, data } = decodeSafetensors(images).tensors.images!;
  const [, ...rest] = shape;
  const size = rest.reduce((product, extent) => product * extent, 1);
  const input = new ort.Tensor('float32', (data as Float32Array).slice(0, work.batch * size), [work.batch, ...rest]);
  const compute = async () => (await session.run({ images: input })).embeddings!.data;
  return {
    answer: [...(await compute())],
    async run() {
      await compute();
    },
  };
}
