import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Platform } from './platform.js';

/** Bytes between two turns of the event loop, some 10 ms of work. */
const sliceBytes = 16 * 2 ** 20;

/** Node's side of `#model/platform`. */
export const platform: Platform = {
  // Not `crypto.subtle`, which copies what it hashes.
  async computeSha256(bytes) {
    const hash = createHash('sha256');
    for (let start = 0; start < bytes.length; start += sliceBytes) {
      if (start > 0) await setImmediate();
      hash.update(bytes.subarray(start, start + sliceBytes));
    }
    return hash.digest('hex');
  },
};
