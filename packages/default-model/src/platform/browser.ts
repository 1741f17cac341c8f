import { CheckpointFormatError } from '@sofd/core';
import type { Platform } from './platform.js';

/** The browser's side of `#default-model/platform`. */
export const platform: Platform = {
  async readFile(url) {
    const response = await fetch(url);
    if (!response.ok)
      throw new CheckpointFormatError(
        `defaultModel.read: expected the file ${url.href}, got status ${response.status}; serve the checkpoint folder of @sofd/default-model there.`,
      );
    return new Uint8Array(await response.arrayBuffer());
  },
};
