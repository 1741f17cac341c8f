import { createHash } from 'node:crypto';
import { compareText } from '../compare-text.js';

/** SHA-256 of some bytes, hex. */
export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Digest of a folder: SHA-256 over a line `hash  path` a file, sorted by path, as `sha256sum` would print them.
 *
 * @param hashes SHA-256 of each file, by path relative to the folder
 */
export function computeDigest(hashes: ReadonlyMap<string, string>): string {
  const lines = [...hashes].sort(([a], [b]) => compareText(a, b)).map(([path, hash]) => `${hash}  ${path}\n`);
  return hashBytes(lines.join(''));
}
