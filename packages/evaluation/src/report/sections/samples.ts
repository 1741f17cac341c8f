import { renderBadge } from '../html/badge.js';
import { type Html, html } from '../html/html.js';
import { renderPicture, renderTile, type SamplePicture } from '../html/picture.js';

/** One image of a data set and what it was made from. */
export interface DatasetSample {
  /** The face before; null where there is none, as for a photograph. */
  readonly target: SamplePicture | null;
  /** The face that something was taken from; null where there is none. */
  readonly donor: SamplePicture | null;
  /** Where it was altered, white on black; null if nowhere. */
  readonly mask: SamplePicture | null;
  /** The image itself. */
  readonly result: SamplePicture;
  readonly label: 'real' | 'fake';
  readonly mode: string;
  /** Names of the altered labels; empty for real. */
  readonly altered: readonly string[];
  /** A remark, for instance the row's id. */
  readonly note?: string;
}

/** Renders one line of a contact sheet: pictures, label, mode and remark. */
export function renderSample(sample: DatasetSample, where: string): Html {
  const { target, donor, mask, result, label, mode, altered, note } = sample;
  const of = [mode, ...(altered.length > 0 ? altered : [label])].join(', ');
  const cell = (picture: SamplePicture, caption: string) =>
    renderPicture(picture, { caption, alt: `${caption} of ${of}`, where: `${where}, ${caption}` });
  const unaltered = html`<figure>${renderTile('nothing altered')}<figcaption>mask</figcaption></figure>`;
  return html`<div class="triptych">${target !== null && cell(target, 'target')}${donor !== null && cell(donor, 'donor')}${mask === null ? target !== null && unaltered : cell(mask, 'mask')}${cell(result, 'result')}</div>
<p>${renderBadge(label)} <span class="mode">${mode}</span></p>
${altered.length > 0 && html`<p class="altered">altered: ${altered.join(', ')}</p>`}
${note && html`<p class="note"><bdi>${note}</bdi></p>`}`;
}
