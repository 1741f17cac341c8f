import { CheckpointFormatError } from '@sofd/core';

/** A file that is read by ranges, so that the whole of it need not be in memory. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /**
   * The bytes from `offset` on; the caller stays within the file. They may be put into `room`, which is as long as they are,
   * so that reading many ranges need not allocate as many times.
   */
  read(offset: number, length: number, room?: Uint8Array): Promise<Uint8Array>;
}

/**
 * A file in memory.
 *
 * @param bytes - its content; ranges are views on it
 */
export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

/**
 * A file that a user chose in a browser.
 *
 * @param blob - a `File` or `Blob`
 */
export const blobSource = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
});

/** A range of a file; the numbers may come from the file itself. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
  /** Memory that the bytes may be put into, where it is enough. */
  readonly room?: Uint8Array | undefined;
}

/** Reads a range after checking that the file has it. */
export async function readRange(
  source: ByteSource,
  { offset, length, room }: ByteRange,
  what: string,
): Promise<Uint8Array> {
  const inside = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!inside || offset + length > source.size) {
    throw malformedFile(`${what} within its ${source.size} bytes`, `${length} bytes from byte ${offset} on`);
  }
  const bytes = await source.read(offset, length, room && room.length >= length ? room.subarray(0, length) : undefined);
  if (bytes.length !== length) throw malformedFile(`${length} bytes of ${what}`, `${bytes.length}`);
  return bytes;
}

/** The error of a file that is not what it should be. */
export const malformedFile = (expected: string, got: string, options?: { readonly cause?: unknown }) =>
  new CheckpointFormatError(
    `openWeightFile: expected ${expected}, got ${got}; the file is damaged or of another kind, fetch it again.`,
    options,
  );
