import { open, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes beside the target, waits for the disk, then renames: a reader sees the old file or the new one.
 *
 * @param path - the file; its folder exists
 * @param content - bytes, whole or part by part, or text that is written as UTF-8
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | Iterable<Uint8Array> | string,
): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // On a full disk what is half written would take the room that is left.
    await rm(temporary, { force: true });
    throw error;
  }
}
