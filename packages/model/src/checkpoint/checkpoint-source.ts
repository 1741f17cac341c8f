import { CheckpointFormatError, type CheckpointManifest } from '@sofd/core';

/** What a reader tells a source; a source may leave out what it cannot do. */
export interface ReadOptions {
  /** What the manifest says of the file; absent for the manifest itself. */
  readonly expected?: Pick<CheckpointManifest['weights'], 'bytes' | 'sha256'> | undefined;
  /** Told how many bytes have arrived, often. The count starts anew where the source reads from another place. */
  readonly onBytes?: ((arrived: number) => void) | undefined;
  /** Ends the reading early. */
  readonly signal?: AbortSignal | undefined;
}

/** Where the files of a checkpoint come from. */
export interface CheckpointSource {
  /** The bytes of one file of the checkpoint: `'manifest.json'` or `'model.safetensors'`. */
  read(name: string, options?: ReadOptions): Promise<Uint8Array>;
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
