import { CheckpointFormatError } from '@sofd/core';
import { platform } from '#default-model/platform';

/** Reads the files of the checkpoint by name; what `createDetector` and `loadCheckpoint` take as a source. */
export interface DefaultModel {
  /**
   * @param name - `manifest.json` or `model.safetensors`
   * @throws CheckpointFormatError for another name, or when the file cannot be read
   */
  read(name: string): Promise<Uint8Array>;
}

// One literal URL a file: that is how bundlers see that the file belongs to the page.
const files = new Map([
  ['manifest.json', new URL('../checkpoint/manifest.json', import.meta.url)],
  ['model.safetensors', new URL('../checkpoint/model.safetensors', import.meta.url)],
]);

/**
 * The checkpoint in this package. Its card (README.md) says what it was trained on and what it cannot do.
 *
 * @example
 * ```ts
 * import { defaultModel } from '@sofd/default-model';
 * import { createDetector } from '@sofd/inference';
 *
 * const detector = await createDetector({ model: defaultModel });
 * ```
 */
export const defaultModel: DefaultModel = {
  async read(name) {
    const url = files.get(name);
    if (url === undefined)
      throw new CheckpointFormatError(
        `defaultModel.read: expected one of ${[...files.keys()].join(', ')}, got ${name}; a checkpoint has no other files.`,
      );
    return platform.readFile(url);
  },
};
