import { AbortedError } from '@sofd/core';
import type { CheckpointSource, ReadOptions } from './checkpoint-source.js';
import { describeCause } from './read-stream.js';
import { computeSha256 } from './sha256.js';
import { openWeightsCache, readWeights, removeWeights, writeWeights } from './weights-cache.js';

const where = 'cachedCheckpoint';

/** What the cache did for the weights. Plain data. */
export interface CacheOutcome {
  /** `hit`: read from the cache, the source was not asked. `stored`: read from the source and kept. `bypassed`: not kept. */
  readonly status: 'hit' | 'stored' | 'bypassed';
  /** Why the cache was bypassed, or why what it had was dropped and stored anew. */
  readonly reason?: string;
}

/** Options of `cachedCheckpoint`. */
export interface CacheOptions {
  /** Told once, when the weights are there. */
  readonly onOutcome?: ((outcome: CacheOutcome) => void) | undefined;
}

type WeightsOptions = ReadOptions & { readonly expected: NonNullable<ReadOptions['expected']> };

/** An abort ends the loading; any other failure of the cache only bypasses it. */
function toReason(error: unknown, what: string): string {
  if (AbortedError.isInstance(error)) throw error;
  return `${what}: ${describeCause(error)}`;
}

/** What the cache has, after its digest was checked; what is damaged is removed. */
async function findWeights(
  cache: FileSystemDirectoryHandle,
  options: WeightsOptions,
): Promise<{ readonly bytes: Uint8Array | null; readonly dropped?: string }> {
  const { sha256 } = options.expected;
  try {
    const bytes = await readWeights(cache, { ...options, where });
    if (bytes === null) return { bytes };
    const got = await computeSha256(bytes);
    if (got === sha256) return { bytes };
    throw new Error(`it has the SHA-256 ${got}`);
  } catch (error) {
    const dropped = toReason(error, 'the cached file was dropped');
    await removeWeights(cache, sha256);
    return { bytes: null, dropped };
  }
}

/** Puts weights into the cache; wrong ones stay out, and `loadCheckpoint` says what is wrong with them. */
async function storeWeights(
  cache: FileSystemDirectoryHandle,
  bytes: Uint8Array,
  { expected: { sha256 }, signal }: WeightsOptions,
): Promise<CacheOutcome> {
  if ((await computeSha256(bytes)) !== sha256)
    return { status: 'bypassed', reason: 'the weights are not those of the manifest' };
  try {
    await writeWeights(cache, sha256, { bytes, signal, where });
    return { status: 'stored' };
  } catch (error) {
    return { status: 'bypassed', reason: toReason(error, 'the weights could not be stored') };
  }
}

/**
 * Keeps the weights of a checkpoint in the origin private file system of the browser, in pages and in workers.
 *
 * They are stored under the SHA-256 that the manifest says, and it is checked whenever they are read: a new version of a
 * model is another file, and a damaged file is dropped and read from the source again. The manifest itself always comes
 * from the source. Where the cache cannot be used, it is bypassed and the reason is reported: no room, storage that the
 * browser refuses in private windows, Node.
 *
 * @param source - where the weights come from when the cache does not have them
 * @param options - `onOutcome` is told what the cache did
 * @returns a source for `loadCheckpoint`
 * @example
 * ```ts
 * const source = cachedCheckpoint(fetchCheckpoint('/models/demo/'), {
 *   onOutcome: ({ status, reason = '' }) => console.log(status, reason), // 'stored', and 'hit' the next time
 * });
 * const checkpoint = await loadCheckpoint(source);
 * ```
 */
export function cachedCheckpoint(source: CheckpointSource, { onOutcome }: CacheOptions = {}): CheckpointSource {
  return {
    async read(name, options = {}) {
      const { expected } = options;
      if (!expected) return source.read(name, options);
      const weightsOptions = { ...options, expected };
      let cache: FileSystemDirectoryHandle;
      try {
        cache = await openWeightsCache({ create: true });
      } catch (error) {
        const bytes = await source.read(name, options);
        onOutcome?.({ status: 'bypassed', reason: describeCause(error) });
        return bytes;
      }
      const { bytes: cached, dropped } = await findWeights(cache, weightsOptions);
      if (cached !== null) {
        onOutcome?.({ status: 'hit' });
        return cached;
      }
      const bytes = await source.read(name, options);
      const outcome = await storeWeights(cache, bytes, weightsOptions);
      onOutcome?.(dropped === undefined ? outcome : { reason: dropped, ...outcome });
      return bytes;
    },
  };
}
