import { EvaluationError } from '@sofd/core';

/** A picture to embed: a PNG, JPEG, WebP or GIF data URL, or the bytes of such a file. */
export type ReportImage = string | Uint8Array;

// Not SVG: it may hold scripts and outside references.
const dataUrl = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

const signatures: readonly { readonly type: string; readonly matches: (bytes: Uint8Array) => boolean }[] = [
  { type: 'png', matches: (bytes) => startsWith(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) },
  { type: 'jpeg', matches: (bytes) => startsWith(bytes, 0, [0xff, 0xd8, 0xff]) },
  { type: 'gif', matches: (bytes) => startsWith(bytes, 0, [0x47, 0x49, 0x46, 0x38]) },
  {
    type: 'webp',
    matches: (bytes) =>
      startsWith(bytes, 0, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes, 8, [0x57, 0x45, 0x42, 0x50]),
  },
];

/**
 * The data URL under which a picture is embedded.
 *
 * @param image - Data URL or file bytes.
 * @param where - Names the place in the report in messages.
 * @throws EvaluationError if it is neither, so that a report never asks for an outside file.
 */
export function toDataUrl(image: ReportImage, where: string): string {
  if (typeof image === 'string') {
    if (dataUrl.test(image)) return image;
    throw new EvaluationError(
      `${where}: expected a base64 data URL of a PNG, JPEG, WebP or GIF, got '${image.slice(0, 40)}'; read the file and pass its bytes, a report has no outside references`,
    );
  }
  const type = signatures.find(({ matches }) => matches(image))?.type;
  if (type === undefined) {
    const start = Array.from(image.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new EvaluationError(
      `${where}: expected the bytes of a PNG, JPEG, WebP or GIF file, got bytes that start with '${start}'; encode the pixels first`,
    );
  }
  return `data:image/${type};base64,${toBase64(image)}`;
}

function startsWith(bytes: Uint8Array, offset: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[offset + index] === byte);
}

function toBase64(bytes: Uint8Array): string {
  // In pieces, because an argument list has a limited length.
  const pieceLength = 0x8000;
  let binary = '';
  for (let start = 0; start < bytes.length; start += pieceLength) {
    binary += String.fromCharCode(...bytes.subarray(start, start + pieceLength));
  }
  return btoa(binary);
}
