// Everything that computes, so that the page stays free. It answers with messages; see messages.ts.
import { AbortedError, type Progress, SofdError } from '@sofd/core';
import { encodePng } from '@sofd/face';
import { disposeTree } from '@sofd/tensor';
import type { RunState } from '@sofd/trainer';
import type { Answer, FaceView, Preparation, Request, Training } from '../messages.js';
import { fineTune } from './fine-tune.js';
import { type Part, type Prepared, prepare } from './prepare.js';
import { scoreHeldOut, writeCheckpoint } from './write-checkpoint.js';

let prepared: Prepared | undefined;
/** Where training was stopped; a page that shall survive a reload keeps `encodeRunState(state)`, which is bytes. */
let state: RunState | undefined;
let running = new AbortController();

const send = (answer: Answer): void => globalThis.postMessage(answer);
const onProgress: Progress = ({ stage, done, total }) => send({ kind: 'progress', stage, done, total });

const viewPart = ({ faces }: Part, isHeldOut: boolean): Promise<FaceView[]> =>
  Promise.all(
    faces.map(async ({ id, name, kind, crop }) => ({
      ...{ id, name, kind, isHeldOut },
      picture: new Blob([(await encodePng(crop)) as Uint8Array<ArrayBuffer>], { type: 'image/png' }),
    })),
  );

async function runPreparation(preparation: Preparation): Promise<void> {
  if (prepared) disposeTree(prepared.params);
  prepared = undefined;
  state = undefined;
  prepared = await prepare(preparation, onProgress);
  const { training, heldOut, leftOut, engine } = prepared;
  const faces = [...(await viewPart(training, false)), ...(await viewPart(heldOut, true))];
  send({ kind: 'prepared', faces, leftOut, engine });
}

async function runTraining(ready: Prepared, training: Training): Promise<void> {
  running = new AbortController();
  const result = await fineTune(ready, {
    ...training,
    state,
    save: (saved) => {
      state = saved;
    },
    onStep: (record) => send({ kind: 'step', record }),
    signal: running.signal,
  });
  onProgress({ stage: 'Writing the checkpoint', done: 0, total: 1 });
  try {
    const files = await writeCheckpoint(ready, result);
    send({ kind: 'result', scores: await scoreHeldOut(ready, files), files });
  } finally {
    disposeTree(result.params);
  }
}

async function answer(request: Request): Promise<void> {
  if (request.task === 'stop') return running.abort();
  try {
    if (request.task === 'prepare') await runPreparation(request);
    else if (prepared) await runTraining(prepared, request);
  } catch (error) {
    if (AbortedError.isInstance(error)) return send({ kind: 'stopped', step: state?.step ?? 0 });
    const message = error instanceof Error ? error.message : String(error);
    send({ kind: 'failed', message, ...(SofdError.isInstance(error) ? { code: error.code } : {}) });
  }
}

globalThis.addEventListener('message', ({ data }: MessageEvent<Request>) => void answer(data));
