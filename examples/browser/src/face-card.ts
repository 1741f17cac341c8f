import type { DetectedFace, DetectorInfo, FaceQuality, QualityReason } from '@sofd/inference';
import { element, percent } from './dom.js';

/** Verdicts as the page words them. */
export const verdictWords: Record<DetectedFace['verdict'] | 'no-face', string> = {
  fake: 'Altered',
  real: 'No alteration found',
  uncertain: 'Not certain',
  'no-face': 'No face found',
};

const verdictMarks: Record<DetectedFace['verdict'], string> = { fake: '✕', real: '✓', uncertain: '?' };

/** One bar: a label, its probability, and a line where its threshold lies. */
function drawBar(name: string, label: DetectedFace['labels'][string]): HTMLElement {
  const value = percent(label.probability);
  const meter = element(
    'div',
    {
      class: 'bar',
      role: 'meter',
      'aria-label': name,
      'aria-valuemin': 0,
      'aria-valuemax': 1,
      'aria-valuenow': label.probability.toFixed(3),
      'aria-valuetext': `${value}${label.altered ? ', altered' : ''}`,
    },
    element('span', { class: 'fill' }),
    element('span', { class: 'limit' }),
  );
  meter.style.setProperty('--value', String(label.probability));
  meter.style.setProperty('--limit', String(label.threshold));
  return element(
    'div',
    { class: 'bar-row', 'data-altered': String(label.altered) },
    element('span', { class: 'bar-name', 'aria-hidden': 'true' }, name),
    meter,
    element('span', { class: 'bar-value', 'aria-hidden': 'true' }, value),
  );
}

function drawBars(title: string, names: readonly string[], face: DetectedFace): HTMLElement {
  const heading = `${face.id}-${title.toLowerCase().replaceAll(' ', '-')}`;
  const rows = names.flatMap((name) => {
    const label = face.labels[name];
    return label ? [drawBar(name, label)] : [];
  });
  return element(
    'section',
    { class: 'bars', 'aria-labelledby': heading },
    element('h4', { id: heading }, title),
    ...rows,
  );
}

const reasonWords: Record<QualityReason, string> = {
  small: 'small',
  blurred: 'blurred',
  profile: 'turned to the side',
  tilted: 'turned up or down',
  occluded: 'partly covered',
  border: 'cut by the border',
};

const describeQuality = ({ score, reasons }: FaceQuality): string =>
  `Picture quality ${percent(score)}${reasons.length > 0 ? `: ${reasons.map((reason) => reasonWords[reason]).join(', ')}` : ''}`;

/** Everything the detector says about one face. */
export function drawFaceCard(face: DetectedFace, index: number, labels: DetectorInfo['labels']): HTMLElement {
  const title = `${face.id}-title`;
  const quality = face.quality ? describeQuality(face.quality) : 'Taken as one face crop, without a search';
  return element(
    'li',
    { class: 'card', id: face.id, tabindex: -1, 'aria-labelledby': title, 'data-verdict': face.verdict },
    element(
      'div',
      { class: 'card-head' },
      element('h3', { id: title }, `Face ${index + 1}`),
      element(
        'span',
        { class: 'badge', 'data-verdict': face.verdict },
        element('span', { 'aria-hidden': 'true' }, verdictMarks[face.verdict]),
        ` ${verdictWords[face.verdict]}`,
      ),
    ),
    element(
      'p',
      { class: 'score' },
      element('strong', {}, percent(face.probability)),
      element('span', {}, 'probability of an alteration'),
    ),
    element('p', { class: 'summary' }, face.explanation.summary),
    element(
      'div',
      { class: 'bar-columns' },
      drawBars('Attributes', labels.global, face),
      drawBars('Regions', labels.local, face),
    ),
    element('p', { class: 'quality' }, quality),
  );
}
