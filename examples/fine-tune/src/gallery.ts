import { element } from '../../browser/src/dom.js';
import { alterations, type FaceView } from './messages.js';

/** Addresses of the pictures on show, by face. */
const addresses = new Map<string, string>();

/** What a face is said to be, in words. */
export const describeFace = ({ kind }: FaceView): string =>
  kind === 'real' ? 'real' : `altered: ${alterations[kind]}`;

/** The crop of a face; the text beside it says what it is. */
export const drawPicture = (face: FaceView): HTMLImageElement =>
  element('img', { src: addresses.get(face.id) ?? '', alt: '', title: face.name, width: 72, height: 72 });

function drawPart(title: string, faces: readonly FaceView[]): HTMLElement {
  const items = faces.map((face) =>
    element(
      'li',
      { 'data-kind': face.kind === 'real' ? 'real' : 'altered' },
      drawPicture(face),
      element('span', {}, describeFace(face)),
    ),
  );
  return element(
    'div',
    {},
    element('h3', {}, `${title} (${faces.length})`),
    element('ul', { class: 'gallery' }, ...items),
  );
}

/** All faces, those that train and those that are held out apart. */
export function drawGallery(container: HTMLElement, faces: readonly FaceView[]): void {
  for (const address of addresses.values()) URL.revokeObjectURL(address);
  addresses.clear();
  for (const { id, picture } of faces) addresses.set(id, URL.createObjectURL(picture));
  container.replaceChildren(
    drawPart(
      'To learn from',
      faces.filter(({ isHeldOut }) => !isHeldOut),
    ),
    drawPart(
      'Held out: other people',
      faces.filter(({ isHeldOut }) => isHeldOut),
    ),
  );
}
