import { readFile } from 'node:fs/promises';
import { CheckpointFormatError } from '@sofd/core';
import type { Platform } from './platform.js';

/** Node's side of `#default-model/platform`. */
export const platform: Platform = {
  async readFile(url) {
    try {
      return await readFile(url);
    } catch (cause) {
      throw new CheckpointFormatError(
        `defaultModel.read: expected the file ${url.pathname} of this package, got none that can be read; install @sofd/default-model again.`,
        { cause },
      );
    }
  },
};
