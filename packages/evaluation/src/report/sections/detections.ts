import { EvaluationError } from '@sofd/core';
import { type BadgeKind, renderBadge } from '../html/badge.js';
import { formatFixed, formatPlural, toPercent } from '../html/format.js';
import { type Html, html } from '../html/html.js';
import { type ReportImage, toDataUrl } from '../html/image.js';

/** A rectangle in pixels of the photo. */
export interface ReportBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What was found about one label of a face. */
export interface ReportLabel {
  /** In [0, 1]. */
  readonly probability: number;
  /** From which it counts as altered, in [0, 1]. */
  readonly threshold: number;
  readonly altered: boolean;
}

/** One face; the detector's own result has these fields, only the picture is added. */
export interface ReportFace {
  readonly crop: ReportImage;
  /** Where it is in the photo; null if the photo is the crop. */
  readonly box: ReportBox | null;
  /** Calibrated p(fake) in [0, 1]. */
  readonly probability: number;
  readonly verdict: 'real' | 'fake' | 'uncertain';
  /** By label name; must hold all that the section names. */
  readonly labels: Readonly<Record<string, ReportLabel>>;
  /** The finding in a sentence. */
  readonly summary: string;
}

/** One photo and its faces, numbered in order from 1. */
export interface ReportPhoto {
  /** File name or title. */
  readonly name: string;
  /** May be smaller than the photo; boxes are scaled. */
  readonly image: ReportImage;
  /** Size of the photo that boxes refer to, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly verdict: BadgeKind;
  readonly faces: readonly ReportFace[];
  readonly warnings?: readonly string[];
}

/** What the detector says about photos. */
export interface DetectionsSection {
  readonly kind: 'detections';
  readonly title?: string;
  readonly lead?: string;
  /** Labels in the first group of bars, for instance `graph.levels.global.labels`. */
  readonly attributes: readonly string[];
  /** Labels in the second group of bars, for instance `graph.levels.local.labels`. */
  readonly regions: readonly string[];
  readonly photos: readonly ReportPhoto[];
}

/** Renders every photo with numbered boxes, and a card for every face. */
export function renderDetections(section: DetectionsSection): Html {
  return html`${section.photos.map((photo, index) => renderPhoto(photo, index + 1, section))}`;
}

function renderPhoto(photo: ReportPhoto, number: number, section: DetectionsSection): Html {
  const { name, width, height, faces, verdict, warnings = [] } = photo;
  const where = `renderReport: photo ${number} ('${name}')`;
  if (!(width > 0 && height > 0)) {
    throw new EvaluationError(
      `${where}: expected a positive width and height, got ${width} x ${height}; pass the decoded photo's size`,
    );
  }
  const found = faces.length === 0 ? 'no face found' : formatPlural(faces.length, 'face', 'faces');
  return html`<article class="photo" id="photo-${number}">
<h3><bdi>${name}</bdi></h3>
<p class="photo-verdict">${renderBadge(verdict)} ${faces.length > 0 && html`<span>${found}</span>`}</p>
${warnings.map((warning) => html`<p class="notice" role="note">${warning}</p>`)}
<div class="stage" style="aspect-ratio:${Math.round(width)}/${Math.round(height)};max-width:min(${Math.max(Math.round(width), 320)}px,calc(34rem*${formatFixed(width / height, 4)}))"><img src="${toDataUrl(photo.image, where)}" alt="${`The photo, ${found}`}">
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true" focusable="false">${faces.map(renderBox)}</svg>
${faces.map((face, index) => renderTag(face, { photo, href: `#photo-${number}-face-${index + 1}`, label: String(index + 1) }))}</div>
${faces.length > 0 && html`<ol class="faces">${faces.map((face, index) => renderFace(face, { section, photo: number, number: index + 1 }))}</ol>`}
</article>`;
}

function renderBox({ box, verdict }: ReportFace): Html | null {
  if (box === null) return null;
  const shape = html`x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${box.width * 0.04}"`;
  // A dark line under the coloured one keeps a box visible on any photo.
  return html`<rect class="box-back" ${shape}/><rect class="box-line box-${verdict}" ${shape}/>`;
}

function renderTag(
  { box, verdict }: ReportFace,
  { photo, href, label }: { readonly photo: ReportPhoto; readonly href: string; readonly label: string },
): Html | null {
  if (box === null) return null;
  const left = toPercent(box.x / photo.width);
  const top = toPercent(box.y / photo.height);
  // Above the box, so that it hides no small face, unless it would leave the photo.
  const place = box.y / photo.height > 0.07 ? 'above' : 'inside';
  return html`<a class="tag tag-${place} tag-${verdict}" href="${href}" style="left:${left};top:${top}" aria-label="Face ${label}, ${verdict}">${label}</a>`;
}

function renderFace(
  face: ReportFace,
  { section, photo, number }: { readonly section: DetectionsSection; readonly photo: number; readonly number: number },
): Html {
  const where = `renderReport: face ${number} of photo ${photo}`;
  const bars = (names: readonly string[]) => names.map((name) => renderBar(name, findLabel(face, name, where)));
  return html`<li class="face" id="photo-${photo}-face-${number}">
<div class="face-head"><img src="${toDataUrl(face.crop, where)}" alt="Face ${number}">
<div><p class="face-name">Face ${number}</p><p class="face-probability">${formatFixed(checkShare(face.probability, where))}<small> probability of fake</small></p>${renderBadge(face.verdict)}</div></div>
<p class="face-summary">${face.summary}</p>
${section.attributes.length > 0 && html`<h4>Attributes</h4><dl class="bars">${bars(section.attributes)}</dl>`}
${section.regions.length > 0 && html`<h4>Regions</h4><dl class="bars">${bars(section.regions)}</dl>`}
</li>`;
}

function findLabel(face: ReportFace, name: string, where: string): ReportLabel {
  const label = face.labels[name];
  if (label) return label;
  throw new EvaluationError(
    `${where}: expected a result for label '${name}', got labels ${Object.keys(face.labels).join(', ')}; name the labels of the model's own graph`,
  );
}

function renderBar(name: string, { probability, threshold, altered }: ReportLabel): Html {
  const width = toPercent(checkShare(probability, `renderReport: label '${name}'`));
  return html`<div class="bar${altered && ' bar-altered'}"><dt>${name}${altered && html`<span class="hidden">, altered</span>`}</dt><dd><span class="track"><span class="fill" style="width:${width}"></span><span class="limit" style="left:${toPercent(threshold)}"></span></span><span class="bar-value">${formatFixed(probability)}</span></dd></div>`;
}

function checkShare(value: number, where: string): number {
  if (value >= 0 && value <= 1) return value;
  throw new EvaluationError(
    `${where}: expected a probability in [0, 1], got ${value}; pass the detector's probability`,
  );
}
