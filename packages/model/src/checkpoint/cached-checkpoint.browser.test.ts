import { AbortedError } from '@sofd/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type CacheOutcome, cachedCheckpoint } from './cached-checkpoint.js';
import { fetchCheckpoint } from './fetch-checkpoint.js';
import { computeSha256 } from './sha256.js';
import { clearCachedWeights, listCachedWeights } from './weights-cache.js';

// More than one slice of a write.
const weights = Uint8Array.from({ length: 40 * 2 ** 20 }, (_, index) => (index * index) % 251);
const name = 'model.safetensors';
const sha256 = await computeSha256(weights);
const expected = { bytes: weights.length, sha256 };

/** Answers with the weights as a server would, in chunks that an abort ends. */
const address = URL.createObjectURL(new Blob([weights]));
const { fetch } = globalThis;

let requests = 0;
beforeEach(async () => {
  vi.restoreAllMocks();
  await clearCachedWeights();
  requests = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation((_, init) => {
    requests++;
    return fetch(address, init);
  });
});

/** Reads the weights through the cache, and says what it did. */
async function read(options = {}) {
  const outcomes: CacheOutcome[] = [];
  const source = cachedCheckpoint(fetchCheckpoint('/models/'), { onOutcome: (outcome) => outcomes.push(outcome) });
  const bytes = await source.read(name, { expected, ...options });
  expect(await computeSha256(bytes)).toBe(sha256);
  expect(outcomes).toHaveLength(1);
  return outcomes[0]!;
}

async function openFile() {
  const root = await navigator.storage.getDirectory();
  return (await root.getDirectoryHandle('sofd-weights')).getFileHandle(`${sha256}.safetensors`);
}

async function damage(change: (stream: FileSystemWritableFileStream) => Promise<void>) {
  const stream = await (await openFile()).createWritable({ keepExistingData: true });
  await change(stream);
  await stream.close();
}

describe('the cache', () => {
  it('answers the second time without a request, with progress', async () => {
    expect(await read()).toEqual({ status: 'stored' });
    const arrived: number[] = [];
    expect(await read({ onBytes: (count: number) => arrived.push(count) })).toEqual({ status: 'hit' });
    expect(requests).toBe(1);
    expect(arrived.length).toBeGreaterThan(1);
    expect(arrived.at(-1)).toBe(weights.length);
  });

  it('says what it takes, and is cleared but for what is to be kept', async () => {
    expect(await listCachedWeights()).toEqual([]);
    await read();
    expect(await listCachedWeights()).toEqual([expected]);
    await clearCachedWeights({ except: [sha256] });
    expect(await listCachedWeights()).toEqual([expected]);
    await clearCachedWeights();
    expect(await listCachedWeights()).toEqual([]);
  });

  it.each([
    ['ends early', (stream: FileSystemWritableFileStream) => stream.truncate(1000), /dropped: .*1000 of \d+ bytes/],
    [
      'has a flipped byte',
      (stream: FileSystemWritableFileStream) =>
        stream.write({ type: 'write', position: 5, data: Uint8Array.of(weights[5]! ^ 1) }),
      /dropped: .*SHA-256/,
    ],
  ])('drops a file that %s, and fetches it again', async (_, change, reason) => {
    await read();
    await damage(change);
    expect(await read()).toEqual({ status: 'stored', reason: expect.stringMatching(reason) });
    expect(requests).toBe(2);
    expect(await read()).toEqual({ status: 'hit' });
  });

  it('keeps no damaged file, also where it cannot be fetched again', async () => {
    await read();
    await damage((stream) => stream.truncate(1000));
    vi.mocked(globalThis.fetch).mockRejectedValue(new TypeError('offline'));
    await expect(read()).rejects.toThrow('no answer (TypeError: offline)');
    expect(await listCachedWeights()).toEqual([]);
  });

  it('leaves out weights that are not those of the manifest', async () => {
    const other = { bytes: weights.length, sha256: '0'.repeat(64) };
    const outcomes: CacheOutcome[] = [];
    const source = cachedCheckpoint(fetchCheckpoint('/models/'), { onOutcome: (outcome) => outcomes.push(outcome) });
    await source.read(name, { expected: other });
    expect(outcomes).toEqual([{ status: 'bypassed', reason: expect.stringContaining('not those of the manifest') }]);
    expect(await listCachedWeights()).toEqual([]);
  });

  it('reads the manifest from the source every time', async () => {
    const source = cachedCheckpoint(fetchCheckpoint('/models/'));
    await source.read('manifest.json');
    await source.read('manifest.json');
    expect(requests).toBe(2);
  });

  it('is not filled by a transfer that is aborted', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const arrived: number[] = [];
    const onBytes = (count: number) => {
      arrived.push(count);
      controller.abort();
    };
    await expect(read({ signal, onBytes })).rejects.toBeInstanceOf(AbortedError);
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toBeLessThan(weights.length);
    expect(await listCachedWeights()).toEqual([]);
  });

  it('ends when aborted, and keeps no part', async () => {
    const controller = new AbortController();
    const write = FileSystemWritableFileStream.prototype.write;
    vi.spyOn(FileSystemWritableFileStream.prototype, 'write').mockImplementation(function (this: unknown, data) {
      controller.abort();
      return write.call(this as FileSystemWritableFileStream, data);
    });
    await expect(read({ signal: controller.signal })).rejects.toBeInstanceOf(AbortedError);
    expect(await listCachedWeights()).toEqual([]);
    vi.mocked(FileSystemWritableFileStream.prototype.write).mockRestore();
    await read();
    await expect(read({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortedError);
    expect(await listCachedWeights()).toEqual([expected]);
  });
});

describe('a browser that refuses', () => {
  it('room loads without the cache, says why and keeps no part', async () => {
    let writes = 0;
    const write = FileSystemWritableFileStream.prototype.write;
    vi.spyOn(FileSystemWritableFileStream.prototype, 'write').mockImplementation(async function (this: unknown, data) {
      if (++writes > 1) throw new DOMException('no space left', 'QuotaExceededError');
      await write.call(this as FileSystemWritableFileStream, data);
    });
    expect(await read()).toEqual({ status: 'bypassed', reason: expect.stringContaining('QuotaExceededError') });
    expect(await listCachedWeights()).toEqual([]);
  });

  it('its storage, as in private windows, loads without the cache and says why', async () => {
    vi.spyOn(navigator.storage, 'getDirectory').mockRejectedValue(new DOMException('denied', 'SecurityError'));
    expect(await read()).toEqual({ status: 'bypassed', reason: 'SecurityError: denied' });
    expect(await listCachedWeights()).toEqual([]);
    await clearCachedWeights();
  });

  it('both kinds of writing loads without the cache and says why', async () => {
    const { createWritable } = FileSystemFileHandle.prototype;
    Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createWritable');
    try {
      expect(await read()).toEqual({ status: 'bypassed', reason: expect.stringContaining('in workers only') });
    } finally {
      FileSystemFileHandle.prototype.createWritable = createWritable;
    }
    expect(await listCachedWeights()).toEqual([]);
  });
});

describe('a worker', () => {
  it.each(['createWritable', 'createSyncAccessHandle'])('stores with %s what the page then finds', async (method) => {
    const worker = new Worker(new URL('../../testing/cache-worker.ts', import.meta.url), { type: 'module' });
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({ weights, expected, method });
    });
    worker.terminate();
    expect(answer).toEqual([{ status: 'stored' }, { status: 'hit' }]);
    expect(await read()).toEqual({ status: 'hit' });
    expect(requests).toBe(0);
  });
});
