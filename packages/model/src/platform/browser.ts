import { CheckpointFormatError } from '@sofd/core';
import type { Platform } from './platform.js';

/** The browser's side of `#model/platform`. */
export const platform: Platform = {
  async computeSha256(bytes) {
    const subtle = globalThis.crypto?.subtle;
    if (subtle === undefined) {
      throw new CheckpointFormatError(
        'checkpoint: expected crypto.subtle to check the weights, got a page without it; serve the page over https or from localhost.',
      );
    }
    const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  },
};
