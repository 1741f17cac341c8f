import { type CacheOutcome, cachedCheckpoint, memoryCheckpoint, type ReadOptions } from '../src/index.js';

interface Task {
  readonly weights: Uint8Array;
  readonly expected: NonNullable<ReadOptions['expected']>;
  /** The only way of writing that this worker may have. */
  readonly method: 'createWritable' | 'createSyncAccessHandle';
}

globalThis.onmessage = async ({ data }: MessageEvent<Task>) => {
  const { weights, expected, method } = data;
  const other = method === 'createWritable' ? 'createSyncAccessHandle' : 'createWritable';
  Reflect.deleteProperty(FileSystemFileHandle.prototype, other);
  const outcomes: CacheOutcome[] = [];
  const files = memoryCheckpoint({ 'model.safetensors': weights });
  const source = cachedCheckpoint(files, { onOutcome: (outcome) => outcomes.push(outcome) });
  await source.read('model.safetensors', { expected });
  await source.read('model.safetensors', { expected });
  globalThis.postMessage(outcomes);
};
