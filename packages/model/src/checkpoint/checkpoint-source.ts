import { CheckpointFormatError } from '@sofd/core';

/** Where the files of a checkpoint come from. */
export interface CheckpointSource {
  /** The bytes of one file of the checkpoint: `'manifest.json'` or `'model.safetensors'`. */
  read(name: string): Promise<Uint8Array>;
}

/**
 * A checkpoint on a web server.
 *
 * @param baseUrl - the folder that holds `manifest.json` and `model.safetensors`
 * @returns a source for `loadCheckpoint`
 * @example
 * ```ts
 * const checkpoint = await loadCheckpoint(fetchCheckpoint('/models/demo/'));
 * ```
 */
export function fetchCheckpoint(baseUrl: string | URL): CheckpointSource {
  const text = String(baseUrl);
  const folder = text.endsWith('/') ? text : `${text}/`;
  return {
    async read(name) {
      const fail = (got: string, cause?: unknown) =>
        new CheckpointFormatError(
          `fetchCheckpoint: expected ${name} at ${folder}${name}, got ${got}; check the address of the checkpoint folder.`,
          { cause },
        );
      const response = await fetch(folder + name).catch((cause: unknown) => {
        throw fail('no answer', cause);
      });
      if (!response.ok) throw fail(`status ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/**
 * A checkpoint in memory.
 *
 * @param files - bytes by file name, as `buildCheckpoint` gives them
 * @returns a source for `loadCheckpoint`
 */
export function memoryCheckpoint(files: Readonly<Record<string, Uint8Array>>): CheckpointSource {
  return {
    async read(name) {
      const bytes = files[name];
      if (bytes !== undefined) return bytes;
      throw new CheckpointFormatError(
        `memoryCheckpoint: expected ${name}, got only ${Object.keys(files).join(', ') || 'nothing'}; give all files of the checkpoint.`,
      );
    },
  };
}
