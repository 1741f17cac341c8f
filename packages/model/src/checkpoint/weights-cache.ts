import { throwIfAborted } from '@sofd/core';
import type { ReadOptions } from './checkpoint-source.js';
import { readStream } from './read-stream.js';

const folderName = 'sofd-weights';
const suffix = '.safetensors';
const fileName = (sha256: string): string => `${sha256}${suffix}`;

/** Small enough that a write neither copies all weights at once nor lets an abort wait long. */
const sliceBytes = 16 * 2 ** 20;

/** What browsers have at their file handles, beyond what TypeScript knows of pages or promises of all of them. */
interface WritableFileHandle {
  /** Not in Safari before version 26. */
  createWritable?(): Promise<FileSystemWritableFileStream>;
  /** In workers only. */
  createSyncAccessHandle?(): Promise<{
    write(bytes: Uint8Array, options: { readonly at: number }): number;
    truncate(size: number): void;
    flush(): void;
    close(): void;
  }>;
}

/** Weights in the cache. */
export interface CachedWeights {
  /** Their digest, as in `weights.sha256` of the manifest. */
  readonly sha256: string;
  /** What they take. */
  readonly bytes: number;
}

const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === 'NotFoundError';

/** @throws Error where the platform has no origin private file system; DOMException where it does not let this page use it */
export async function openWeightsCache({ create }: { readonly create: boolean }): Promise<FileSystemDirectoryHandle> {
  // Absent in Node, in old browsers, and on pages that are not a secure context.
  const storage = globalThis.navigator?.storage as Partial<StorageManager> | undefined;
  if (storage?.getDirectory === undefined) throw new Error('there is no origin private file system here');
  return (await storage.getDirectory()).getDirectoryHandle(folderName, { create });
}

/** @throws Error where the file that is there is not as long as it must be, or cannot be read; null where there is none */
export async function readWeights(
  cache: FileSystemDirectoryHandle,
  { expected, ...options }: ReadOptions & { readonly expected: CachedWeights; readonly where: string },
): Promise<Uint8Array | null> {
  const handle = await cache.getFileHandle(fileName(expected.sha256)).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (handle === null) return null;
  const file = await handle.getFile();
  if (file.size !== expected.bytes) throw new Error(`it has ${file.size} of ${expected.bytes} bytes`);
  const fail = (got: string) => new Error(`it gave ${got}`);
  return readStream(file.stream(), { ...options, size: expected.bytes, fail });
}

/**
 * Stores weights under their digest.
 *
 * `createWritable` writes beside the file and puts it in place when it is closed. A sync access handle writes in place, so
 * that a crash can leave a part: readers take nothing whose length or digest is another.
 */
export async function writeWeights(
  cache: FileSystemDirectoryHandle,
  sha256: string,
  { bytes, ...options }: Pick<ReadOptions, 'signal'> & { readonly bytes: Uint8Array; readonly where: string },
): Promise<void> {
  const handle: WritableFileHandle = await cache.getFileHandle(fileName(sha256), { create: true });
  try {
    if (handle.createWritable) await writeToStream(await handle.createWritable(), bytes, options);
    else if (handle.createSyncAccessHandle) await writeInPlace(await handle.createSyncAccessHandle(), bytes, options);
    else throw new Error('this browser writes files in workers only');
  } catch (error) {
    await removeWeights(cache, sha256);
    throw error;
  }
}

interface WriteOptions extends Pick<ReadOptions, 'signal'> {
  readonly where: string;
}

async function writeToStream(
  stream: FileSystemWritableFileStream,
  bytes: Uint8Array,
  { signal, where }: WriteOptions,
): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; at += sliceBytes) {
      await stream.write(bytes.subarray(at, at + sliceBytes) as Uint8Array<ArrayBuffer>);
      throwIfAborted(signal, where);
    }
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
}

type SyncAccessHandle = Awaited<ReturnType<NonNullable<WritableFileHandle['createSyncAccessHandle']>>>;

async function writeInPlace(file: SyncAccessHandle, bytes: Uint8Array, { signal, where }: WriteOptions): Promise<void> {
  try {
    file.truncate(0);
    for (let at = 0; at < bytes.length; at += sliceBytes) {
      const slice = bytes.subarray(at, at + sliceBytes);
      const written = file.write(slice, { at });
      if (written < slice.length) throw new Error(`there was room for ${at + written} of ${bytes.length} bytes`);
      throwIfAborted(signal, where);
    }
    file.flush();
  } finally {
    file.close();
  }
}

/** Removes weights if they are there and no other tab uses them. */
export const removeWeights = (cache: FileSystemDirectoryHandle, sha256: string): Promise<void> =>
  cache.removeEntry(fileName(sha256)).catch(() => undefined);

/** The cache if there is one: reading and clearing make none. */
const openExisting = (): Promise<FileSystemDirectoryHandle | null> =>
  openWeightsCache({ create: false }).catch(() => null);

/**
 * Lists what `cachedCheckpoint` has stored for this origin.
 *
 * @returns one entry for each file; none where the platform has no such storage
 * @example
 * ```ts
 * const used = (await listCachedWeights()).reduce((sum, { bytes }) => sum + bytes, 0);
 * used; // 0
 * ```
 */
export async function listCachedWeights(): Promise<readonly CachedWeights[]> {
  const cache = await openExisting();
  if (cache === null) return [];
  const weights: CachedWeights[] = [];
  for await (const [name, handle] of cache.entries()) {
    if (handle.kind !== 'file' || !name.endsWith(suffix)) continue;
    const { size } = await (handle as FileSystemFileHandle).getFile();
    weights.push({ sha256: name.slice(0, -suffix.length), bytes: size });
  }
  return weights;
}

/**
 * Removes what `cachedCheckpoint` has stored for this origin.
 *
 * @param options - `except`: digests of weights to keep, as `weights.sha256` of a manifest gives them
 * @example
 * ```ts
 * const { manifest } = await loadCheckpoint(cachedCheckpoint(fetchCheckpoint('/models/demo/')));
 * await clearCachedWeights({ except: [manifest.weights.sha256] }); // drops older versions of the model
 * ```
 */
export async function clearCachedWeights({ except = [] }: { readonly except?: readonly string[] } = {}): Promise<void> {
  const cache = await openExisting();
  if (cache === null) return;
  for (const { sha256 } of await listCachedWeights()) {
    if (!except.includes(sha256)) await removeWeights(cache, sha256);
  }
}
