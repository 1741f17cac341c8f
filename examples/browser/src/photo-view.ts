import type { DetectionResult } from '@sofd/inference';
import { element } from './dom.js';
import { verdictWords } from './face-card.js';

/** The photo with a box around each face that leads to the card of that face. */
export function drawPhoto(container: HTMLElement, photo: HTMLImageElement, result: DetectionResult): void {
  const { width, height } = result.image;
  const boxes = result.faces.flatMap((face, index) => {
    if (!face.box) return [];
    const link = element(
      'a',
      {
        class: 'box',
        href: `#${face.id}`,
        'data-verdict': face.verdict,
        'aria-label': `Face ${index + 1}: ${verdictWords[face.verdict]}`,
      },
      element('span', { 'aria-hidden': 'true' }, String(index + 1)),
    );
    const { x, y } = face.box;
    const right = Math.min(width, x + face.box.width);
    const bottom = Math.min(height, y + face.box.height);
    const left = Math.max(0, x);
    const top = Math.max(0, y);
    link.style.left = `${(left / width) * 100}%`;
    link.style.top = `${(top / height) * 100}%`;
    link.style.width = `${((right - left) / width) * 100}%`;
    link.style.height = `${((bottom - top) / height) * 100}%`;
    // Less than the height of the number lies above the box.
    if (top / height < 0.07) link.dataset.top = 'true';
    return [link];
  });
  container.replaceChildren(photo, ...boxes);
}

/** The photo as an image element, ready to be shown. */
export async function showPhoto(photo: Blob, description: string): Promise<HTMLImageElement> {
  const image = element('img', { alt: description });
  const address = URL.createObjectURL(photo);
  image.src = address;
  try {
    await image.decode();
  } catch {
    // The detector says what is wrong with the file, in better words.
  }
  URL.revokeObjectURL(address);
  return image;
}
