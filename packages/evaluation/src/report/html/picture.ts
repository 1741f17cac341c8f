import { EvaluationError } from '@sofd/core';
import { type Html, html } from './html.js';
import { type ReportImage, toDataUrl } from './image.js';

/** A picture that the server of the page gives, by its path from the root. */
export interface ServedPicture {
  readonly path: string;
}

/** A picture that must not be shown, and why, in two or three words. */
export interface WithheldPicture {
  readonly withheld: string;
}

/** A picture of a contact sheet. */
export type SamplePicture = ReportImage | ServedPicture | WithheldPicture;

export const isWithheld = (picture: SamplePicture | null): picture is WithheldPicture =>
  typeof picture === 'object' && picture !== null && 'withheld' in picture;

export const isServed = (picture: SamplePicture | null): picture is ServedPicture =>
  typeof picture === 'object' && picture !== null && 'path' in picture;

/** A path on the same server: one slash, then what needs no escape in a URL or is escaped. */
const servedPath = /^\/(?!\/)[\w.*+~%/?=&-]*$/;

/** The `src` of a picture: embedded bytes, or a path on the page's own server. */
function toSource(picture: ReportImage | ServedPicture, where: string): string {
  if (!isServed(picture)) return toDataUrl(picture, where);
  if (servedPath.test(picture.path)) return picture.path;
  throw new EvaluationError(
    `${where}: expected a path such as /image?id=a%2Fb, got '${picture.path}'; escape it with URLSearchParams`,
  );
}

interface PictureOptions {
  readonly caption: string;
  /** Says in words what is to be seen. */
  readonly alt: string;
  /** Names the place in messages. */
  readonly where: string;
}

/** A picture with its caption; a served one leads to itself in full size, and a withheld one is a tile that says why. */
export function renderPicture(picture: SamplePicture, { caption, alt, where }: PictureOptions): Html {
  const body = isWithheld(picture) ? renderTile(picture.withheld) : renderImage(picture, { alt, where });
  return html`<figure>${body}<figcaption>${caption}</figcaption></figure>`;
}

/** A tile with words in the place of a picture. */
export function renderTile(words: string): Html {
  return html`<div class="blank">${words}</div>`;
}

function renderImage(
  picture: ReportImage | ServedPicture,
  { alt, where }: { readonly alt: string; readonly where: string },
): Html {
  const source = toSource(picture, where);
  if (!isServed(picture)) return html`<img src="${source}" alt="${alt}">`;
  return html`<a href="${source}"><img src="${source}" alt="${alt}" loading="lazy"></a>`;
}
