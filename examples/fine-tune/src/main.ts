import type { StepRecord } from '@sofd/trainer';
import { byId, element } from '../../browser/src/dom.js';
import { addNumbers, drawCurves } from './chart.js';
import { drawGallery } from './gallery.js';
import type { Answer, FaceView, Photograph, Preparation, Request, Training } from './messages.js';
import { listenToPhotographs } from './photographs.js';
import { drawResult } from './result.js';

const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });
const ask = (request: Request): void => worker.postMessage(request);

const status = byId('status');
const progress = byId<HTMLProgressElement>('progress');
const makeAltered = byId<HTMLInputElement>('make-altered');
const engine = byId<HTMLSelectElement>('engine');
const steps = byId<HTMLInputElement>('steps');
const weighting = byId<HTMLSelectElement>('weighting');

let photographs: readonly Photograph[] = [];
let faces: readonly FaceView[] = [];
let records: StepRecord[] = [];
let started = 0;

/** What the page is doing decides which controls there are. */
function enter(phase: 'idle' | 'preparing' | 'training' | 'stopped'): void {
  const isBusy = phase === 'preparing' || phase === 'training';
  for (const control of document.querySelectorAll<HTMLInputElement>('#photographs :is(button, input, select)'))
    control.disabled = isBusy;
  byId<HTMLButtonElement>('prepare').disabled = isBusy || photographs.length === 0;
  byId('clear').hidden = photographs.length === 0;
  steps.disabled = weighting.disabled = isBusy || phase === 'stopped';
  byId('train').hidden = phase === 'training';
  byId('train').textContent = phase === 'stopped' ? 'Start again' : 'Fine-tune';
  byId('stop').hidden = phase !== 'training';
  byId('resume').hidden = byId('finish').hidden = phase !== 'stopped';
  progress.hidden = !isBusy;
}

function fail({ message, code }: Omit<Extract<Answer, { kind: 'failed' }>, 'kind'>): void {
  const title = element('strong', {}, `That did not work${code ? ` (${code})` : ''}. `);
  byId('alert').replaceChildren(title, message);
  byId('alert').hidden = false;
  status.textContent = '';
  enter('idle');
}

function startPreparation(): void {
  byId('alert').hidden = true;
  for (const id of ['faces', 'curves', 'result']) byId(id).hidden = true;
  const checkpoint = new URL('checkpoint/', document.baseURI).href;
  const choice = { engine: engine.value as Preparation['engine'], makeAltered: makeAltered.checked };
  ask({ task: 'prepare', photographs, checkpoint, ...choice });
  enter('preparing');
}

function startTraining(count: number, resume: boolean): void {
  if (!resume) records = [];
  started = performance.now();
  byId('alert').hidden = byId('result').hidden = true;
  byId('curves').hidden = false;
  drawCurves(byId('curves'), records, Number(steps.value));
  status.textContent = 'Training…';
  progress.max = Number(steps.value);
  progress.value = records.length;
  ask({ task: 'train', steps: count, weighting: weighting.value as Training['weighting'], resume });
  enter('training');
  byId('training').scrollIntoView();
}

function showPrepared({ faces: found, leftOut, engine: name }: Extract<Answer, { kind: 'prepared' }>): void {
  faces = found;
  drawGallery(byId('gallery'), faces);
  byId('left-out').replaceChildren(...leftOut.map((sentence) => element('li', {}, sentence)));
  byId('faces').hidden = false;
  status.textContent = `${faces.length} faces on ${name}.`;
  byId('faces-title').focus({ preventScroll: true });
  enter('idle');
}

function showStep(record: StepRecord): void {
  records.push(record);
  progress.value = record.step;
  drawCurves(byId('curves'), records, Number(steps.value));
}

function showResult({ scores, files }: Extract<Answer, { kind: 'result' }>): void {
  addNumbers(byId('curves'), records);
  drawResult(byId('scores'), { faces, scores, files });
  byId('result').hidden = false;
  status.textContent = `Trained ${records.length} steps in ${((performance.now() - started) / 1000).toFixed(1)} s.`;
  byId('result-title').focus({ preventScroll: true });
  enter('idle');
}

worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
  if (data.kind === 'prepared') showPrepared(data);
  else if (data.kind === 'step') showStep(data.record);
  else if (data.kind === 'result') showResult(data);
  else if (data.kind === 'failed') fail(data);
  else if (data.kind === 'stopped') {
    status.textContent = `Stopped after step ${data.step}.`;
    enter('stopped');
  } else {
    status.textContent = `${data.stage}…`;
    progress.max = data.total;
    progress.value = data.done;
  }
});
// A script that does not load gives an event without a message.
worker.addEventListener('error', ({ message }) => fail({ message: message ?? 'The worker could not be loaded.' }));

listenToPhotographs({
  onChange: (next) => {
    photographs = next;
    enter('idle');
  },
  onError: (error) => fail({ message: error instanceof Error ? error.message : String(error) }),
});
byId('photographs').addEventListener('submit', (event) => {
  event.preventDefault();
  startPreparation();
});
byId('training').addEventListener('submit', (event) => {
  event.preventDefault();
  startTraining(Number(steps.value), false);
});
byId('stop').addEventListener('click', () => ask({ task: 'stop' }));
byId('resume').addEventListener('click', () => startTraining(Number(steps.value), true));
// No step is left to do: the state becomes the result.
byId('finish').addEventListener('click', () => startTraining(records.at(-1)?.step ?? 0, true));
