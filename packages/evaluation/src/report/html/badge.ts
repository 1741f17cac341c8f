import { type Html, html } from './html.js';

/** What a badge may say; each has its own sign, so that colour is never alone. */
export type BadgeKind = 'real' | 'fake' | 'uncertain' | 'no-face';

const signs: Readonly<Record<BadgeKind, string>> = { real: '✓', fake: '▲', uncertain: '?', 'no-face': '–' };
const words: Readonly<Record<BadgeKind, string>> = {
  real: 'real',
  fake: 'fake',
  uncertain: 'uncertain',
  'no-face': 'no face',
};

/** A verdict or label as a coloured sign and word. */
export function renderBadge(kind: BadgeKind): Html {
  return html`<span class="badge badge-${kind}"><span aria-hidden="true">${signs[kind]}</span> ${words[kind]}</span>`;
}
