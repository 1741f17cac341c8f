import type { ImageSize } from '../image/resize-bicubic.js';
import type { Square } from './image-pyramid.js';

// The detector finds faces from about a twelfth to two thirds of the square that it sees.
const smallestShare = 1 / 12;
const largestShare = 2 / 3;
// With a border this wide, a face that fills the image takes two thirds of the square or less.
const paddedShare = 1.8;
// What lies over the edge of a tile lies whole in the next one, up to this share of its side...
const overlap = 1 / 3;
// ...which is more than the smallest face of tiles so many times as wide.
const mostZoom = 3;

function spread(length: number, side: number): number[] {
  if (length <= side) return [(length - 1) / 2];
  const count = Math.ceil((length - side) / (side * (1 - overlap))) + 1;
  return Array.from({ length: count }, (_, i) => (i * (length - side)) / (count - 1) + (side - 1) / 2);
}

const centreOf = ({ width, height }: ImageSize) => ({ x: (width - 1) / 2, y: (height - 1) / 2, angle: 0 });

/**
 * The squares in which faces are looked for: the whole image, then smaller and smaller overlapping tiles until a face of the
 * smallest size would not be missed.
 * @param smallestFace width in pixels of the smallest face that is to be found
 */
export function planTiles(image: ImageSize, smallestFace: number): Square[] {
  const { width, height } = image;
  const longer = Math.max(width, height);
  const tiles: Square[] = [{ ...centreOf(image), side: longer }];
  let side = longer;
  while (side * smallestShare > smallestFace) {
    side = Math.max(side / mostZoom, smallestFace / smallestShare);
    for (const centerY of spread(height, side)) {
      for (const centerX of spread(width, side)) tiles.push({ x: centerX, y: centerY, side, angle: 0 });
    }
  }
  return tiles;
}

/** The whole image with a wide border, in which a face is found that fills the image. */
export function planPadded(image: ImageSize): Square {
  const longer = Math.max(image.width, image.height);
  return { ...centreOf(image), side: longer * paddedShare };
}

/** Whether a face of this width leaves room beside it for one that is too large to be found in the whole image. */
export function leavesRoomForLarge(side: number, { width, height }: ImageSize): boolean {
  const longer = Math.max(width, height);
  return side + longer * largestShare <= longer;
}

/**
 * True when a box reaches over an edge of its tile that lies inside of the image: what was seen there is a part of a face, and the
 * next tile shows the whole.
 */
export function isCutByTile(
  box: { readonly x: number; readonly y: number; readonly side: number },
  tile: Square,
  { width, height }: ImageSize,
): boolean {
  const isCut = (center: number, tileCenter: number, length: number) => {
    const start = tileCenter - tile.side / 2;
    const end = tileCenter + tile.side / 2;
    return (start > 0 && center - box.side / 2 < start) || (end < length - 1 && center + box.side / 2 > end);
  };
  return isCut(box.x, tile.x, width) || isCut(box.y, tile.y, height);
}
