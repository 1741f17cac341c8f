import { parentPort, workerData } from 'node:worker_threads';
import { type ExpandJob, runExpandJob } from '@sofd/dataset/node';
import { createFaceFinder, type FaceFinder } from '@sofd/face';
import { activateEngine } from '../engine.js';
import type { WorkerAnswer, WorkerSettings } from './worker-messages.js';

const { engine } = workerData as WorkerSettings;
let started: Promise<FaceFinder> | undefined;

async function startFinder(): Promise<FaceFinder> {
  await activateEngine(engine);
  return await createFaceFinder();
}

const loadFinder = () => {
  started ??= startFinder();
  return started;
};

async function answer(job: ExpandJob): Promise<WorkerAnswer> {
  try {
    await runExpandJob(job, { loadFinder });
    return { error: null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', async (job: ExpandJob) => parentPort?.postMessage(await answer(job)));
