import { type FileHandle, open } from 'node:fs/promises';
import { CheckpointFormatError } from '@sofd/core';
import type { ByteSource } from '../convert/index.js';

/** A file on disk that is read by ranges until it is closed. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/**
 * Opens a file to read ranges of it.
 *
 * @param path - the file
 * @returns a source for `openWeightFile`; the caller closes it
 * @throws CheckpointFormatError where there is no such file
 * @example
 * ```ts
 * import { openWeightFile } from '@sofd/model/convert';
 * import { openFileSource } from '@sofd/model/node';
 *
 * const source = await openFileSource('demo-output/checkpoint/model.safetensors');
 * const { tensors } = await openWeightFile(source);
 * await source.close();
 * ```
 */
export async function openFileSource(path: string): Promise<FileSource> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointFormatError(`openFileSource: expected a file, got ${reason}; check the path.`, { cause });
  }
  const { size } = await file.stat();
  return {
    size,
    read: async (offset, length, room) => {
      const bytes = room ?? new Uint8Array(length);
      // A system call reads 2 GB at most.
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, Math.min(length - filled, 2 ** 30), offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    close: () => file.close(),
  };
}
