import type { DetectionResult, Detector, EngineName } from '@sofd/inference';
import { chooseDetector, describeDetector } from './detector-choice.js';
import { byId, element } from './dom.js';
import { drawFaceCard, verdictWords } from './face-card.js';
import { drawPhoto, showPhoto } from './photo-view.js';

const file = byId<HTMLInputElement>('file');
const engine = byId<HTMLSelectElement>('engine');
const crop = byId<HTMLInputElement>('crop');
const drop = byId('drop');
const status = byId('status');
const alert = byId('alert');
const result = byId('result');

/** The photo on show, to be judged again when a setting changes. */
let photo: File | null = null;
/** Ends the search of the photo before, when another is chosen. */
let running = new AbortController();

function showError(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  const message = error instanceof Error ? error.message : String(error);
  alert.replaceChildren(element('strong', {}, `That did not work${code}. `), message);
  alert.hidden = false;
  status.textContent = '';
}

function showEngine({ info }: Detector): void {
  byId('engine-facts').replaceChildren(...describeDetector(info));
  byId('engine-details').hidden = false;
}

function headline({ faces, verdict }: DetectionResult): string {
  if (verdict === 'no-face') return verdictWords[verdict];
  const all = faces.length === 1 ? '1 face' : `${faces.length} faces`;
  if (verdict === 'real') return `No alteration found in ${all}`;
  const count = faces.filter((face) => face.verdict === verdict).length;
  return `${count} of ${all} ${verdict === 'fake' ? 'altered' : 'not certain'}`;
}

function showResult(answer: DetectionResult, detector: Detector): void {
  byId('result-title').textContent = headline(answer);
  byId('warnings').replaceChildren(...answer.warnings.map((warning) => element('li', {}, warning)));
  byId('faces').replaceChildren(...answer.faces.map((face, index) => drawFaceCard(face, index, detector.info.labels)));
  result.hidden = false;
}

async function judge(): Promise<void> {
  if (!photo) return;
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const name = photo.name;
  alert.hidden = true;
  result.hidden = true;
  result.setAttribute('aria-busy', 'true');
  try {
    const detector = await chooseDetector(engine.value as EngineName, (note) => {
      status.textContent = note;
    });
    if (signal.aborted) return;
    showEngine(detector);
    status.textContent = `Looking at ${name}…`;
    const started = performance.now();
    const shown = showPhoto(photo, `The photo ${name}`);
    const answer = await detector.detect(photo, { crop: crop.checked ? 'none' : 'auto', signal });
    drawPhoto(byId('photo'), await shown, answer);
    showResult(answer, detector);
    status.textContent = `Done in ${((performance.now() - started) / 1000).toFixed(1)} s on ${answer.engine}.`;
    byId('result-title').focus({ preventScroll: true });
  } catch (error) {
    if (!signal.aborted) showError(error);
  } finally {
    if (!signal.aborted) result.removeAttribute('aria-busy');
  }
}

function take(files: FileList | null | undefined): void {
  const chosen = files?.[0];
  if (!chosen) return;
  photo = chosen;
  void judge();
}

file.addEventListener('change', () => {
  take(file.files);
  // So that choosing the same file again is a change too.
  file.value = '';
});
engine.addEventListener('change', () => void judge());
crop.addEventListener('change', () => void judge());
byId('controls').addEventListener('submit', (event) => event.preventDefault());
document.addEventListener('paste', (event) => take(event.clipboardData?.files));
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.dataset.over = 'true';
});
document.addEventListener('dragleave', () => delete drop.dataset.over);
document.addEventListener('drop', (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  take(event.dataTransfer?.files);
});
byId('photo').addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  // A link moves the view to the card; the focus has to follow for keyboard and screen reader.
  if (link) document.getElementById(link.hash.slice(1))?.focus();
});
