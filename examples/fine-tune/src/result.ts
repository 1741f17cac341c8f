import type { CheckpointFiles } from '@sofd/model';
import { zipSync } from 'fflate';
import { element, percent } from '../../browser/src/dom.js';
import { describeFace, drawPicture } from './gallery.js';
import type { FaceView, Score } from './messages.js';

let address = '';

function drawRow(face: FaceView, { before, after }: Score): HTMLElement {
  const score = (value: number) => element('td', { class: 'score', 'data-value': value }, percent(value));
  return element(
    'tr',
    { 'data-face': face.id, 'data-kind': face.kind === 'real' ? 'real' : 'altered' },
    element('td', {}, drawPicture(face)),
    element('th', { scope: 'row' }, describeFace(face), element('small', {}, face.name)),
    score(before),
    score(after),
  );
}

/** Real faces first, each group by the score after training. */
function drawTable(faces: readonly FaceView[], scores: readonly Score[]): HTMLElement {
  const rows = faces
    .flatMap((face) => scores.filter(({ id }) => id === face.id).map((score) => ({ face, score })))
    .sort((a, b) => Number(a.face.kind !== 'real') - Number(b.face.kind !== 'real') || a.score.after - b.score.after);
  const heads = ['', 'Held-out face', 'Before', 'After'].map((name) => element('th', { scope: 'col' }, name));
  return element(
    'table',
    { class: 'scores' },
    element('caption', {}, 'Score for “altered” by the model before and by the one you can download'),
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows.map(({ face, score }) => drawRow(face, score))),
  );
}

/** A checkpoint as one file. The weights do not get smaller by packing. */
function packCheckpoint(files: CheckpointFiles): string {
  URL.revokeObjectURL(address);
  const zip = zipSync({ ...files }, { level: 0 });
  address = URL.createObjectURL(new Blob([zip as Uint8Array<ArrayBuffer>], { type: 'application/zip' }));
  return address;
}

/** Scores before and after, what they are worth, and the download. */
export function drawResult(
  container: HTMLElement,
  { faces, scores, files }: { faces: readonly FaceView[]; scores: readonly Score[]; files: CheckpointFiles },
): void {
  const size = Object.values(files).reduce((sum, { length }) => sum + length, 0) / 2 ** 20;
  const link = { class: 'button', id: 'download', download: 'fine-tuned.zip', href: packCheckpoint(files) };
  const honest = [
    `These ${scores.length} faces are of people that the weights did not learn from. They show whether training moved the scores, and in which direction. `,
    'They do not show how often the model is right: with so few faces that number could be nearly anything, and the same faces also set ',
    'the scale of the scores after training and, with Auto-λ, the task weights. Measure on other photographs before you rely on it.',
  ];
  container.replaceChildren(
    drawTable(faces, scores),
    element(
      'div',
      {},
      element('p', { class: 'honest' }, ...honest),
      element('p', {}, element('a', link, `Download the checkpoint (zip, ${size.toFixed(1)} MB)`)),
      element('p', { class: 'command' }, 'Unpack it into a folder ', element('code', {}, 'fine-tuned'), ', then:'),
      element('p', { class: 'command' }, element('code', {}, 'npx sofd detect --model fine-tuned photo.jpg')),
    ),
  );
}
