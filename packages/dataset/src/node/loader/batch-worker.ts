import { parentPort, workerData } from 'node:worker_threads';
import { createImageLoader } from '../../batches/image-loader.js';
import type { BatchAnswer, BatchJob, BatchWorkerSettings } from './batch-messages.js';
import { createFolderReader } from './folder-reader.js';

const { folder, cache } = workerData as BatchWorkerSettings;
const loader = createImageLoader(createFolderReader(folder), cache);

async function answer({ job, images, normalisation }: BatchJob): Promise<BatchAnswer> {
  try {
    return { job, images: await loader.load(images, normalisation) };
  } catch (error) {
    return { job, error: error instanceof Error ? error.message : String(error) };
  }
}

// One batch after the other: what is decoded at once bounds the memory.
let last = Promise.resolve();
parentPort?.on('message', (job: BatchJob) => {
  last = last.then(async () => {
    const said = await answer(job);
    parentPort?.postMessage(said, 'images' in said ? [said.images.buffer] : []);
  });
});
