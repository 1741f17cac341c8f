import type { ImageSize } from './resize-bicubic.js';

/** What the first bytes of a file say, without decoding. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp';
  readonly size: ImageSize;
}

function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Walks a JPEG's segments; calls back with marker, start of the content and its length, until told to stop. */
function walkJpeg(bytes: Uint8Array, visit: (marker: number, start: number, length: number) => boolean): void {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (visit(marker, at + 4, length - 2)) return;
    at += 2 + length;
  }
}

function readJpegSize(bytes: Uint8Array): ImageSize | null {
  let size: ImageSize | null = null;
  walkJpeg(bytes, (marker, start) => {
    // Start of frame: C0 to CF but for the tables C4, C8 and CC.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame && start + 5 <= bytes.length) {
      size = {
        height: (bytes[start + 1]! << 8) | bytes[start + 2]!,
        width: (bytes[start + 3]! << 8) | bytes[start + 4]!,
      };
    }
    return isFrame;
  });
  return size;
}

function readWebpSize(bytes: Uint8Array, view: DataView): ImageSize | null {
  if (bytes.length < 30) return null;
  if (startsWith(bytes, 'VP8X', 12)) {
    const read = (at: number) => 1 + (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16));
    return { width: read(24), height: read(27) };
  }
  if (startsWith(bytes, 'VP8L', 12)) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** Width and height as the file's header claims them, or null for a format that is not known here. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n') && bytes.length >= 24) {
    return { format: 'png', size: { width: view.getUint32(16), height: view.getUint32(20) } };
  }
  if (bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) {
    const size = readJpegSize(bytes);
    return size && { format: 'jpeg', size };
  }
  if ((startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a')) && bytes.length >= 10) {
    return { format: 'gif', size: { width: view.getUint16(6, true), height: view.getUint16(8, true) } };
  }
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) {
    const size = readWebpSize(bytes, view);
    return size && { format: 'webp', size };
  }
  if (startsWith(bytes, 'BM') && bytes.length >= 26) {
    return {
      format: 'bmp',
      size: { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) },
    };
  }
  return null;
}

/** True when a JPEG's data stop before its end marker. Browsers would show such a file half grey. */
export function isTruncatedJpeg(bytes: Uint8Array): boolean {
  let scan = 0;
  walkJpeg(bytes, (marker, start, length) => {
    if (marker === 0xda) scan = start + length;
    return marker === 0xda;
  });
  for (let at = scan; at + 1 < bytes.length; at++) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return scan === 0;
  return true;
}
