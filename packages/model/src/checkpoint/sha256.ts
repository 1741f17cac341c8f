import { CheckpointFormatError } from '@sofd/core';

/**
 * SHA-256 by the platform: Node 20 and browsers in a secure context.
 *
 * @param bytes - what to hash
 * @returns 64 hexadecimal digits
 * @throws CheckpointFormatError where the page has no `crypto.subtle`
 */
export async function computeSha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new CheckpointFormatError(
      'checkpoint: expected crypto.subtle to check the weights, got a page without it; serve the page over https or from localhost.',
    );
  }
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
