import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointFormatError } from '@sofd/core';
import type { CheckpointFiles, CheckpointSource } from '../index.js';
import { writeFileAtomically } from './write-file-atomically.js';

/**
 * A checkpoint in a folder.
 *
 * @param folder - the folder that holds `manifest.json` and `model.safetensors`
 * @returns a source for `loadCheckpoint`
 * @example
 * ```ts
 * const checkpoint = await loadCheckpoint(readCheckpointFolder('demo-output/checkpoint'));
 * ```
 */
export function readCheckpointFolder(folder: string): CheckpointSource {
  return {
    async read(name) {
      try {
        const { buffer, byteOffset, byteLength } = await readFile(join(folder, name));
        return new Uint8Array(buffer, byteOffset, byteLength);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new CheckpointFormatError(
          `readCheckpointFolder: expected ${name} in ${folder}, got ${reason}; give a folder that sofd train or sofd convert wrote.`,
          { cause },
        );
      }
    },
  };
}

/**
 * Writes the files of a checkpoint; an interruption leaves no half-written file under a final name.
 *
 * @param folder - made where it does not exist
 * @param files - from `buildCheckpoint`
 */
export async function writeCheckpointFolder(folder: string, files: CheckpointFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  // The manifest names the weights' digest, so it goes last, and none may lie there before its weights do.
  await rm(join(folder, 'manifest.json'), { force: true });
  await writeFileAtomically(join(folder, 'model.safetensors'), files['model.safetensors']);
  await writeFileAtomically(join(folder, 'manifest.json'), files['manifest.json']);
}
