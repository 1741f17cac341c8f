import { readFileSync } from 'node:fs';
import { CheckpointFormatError, createRandom, faceForensics, type Random } from '@sofd/core';
import { disposeTree, encodeSafetensors, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { describe, expect, it } from 'vitest';
import {
  buildCheckpoint,
  createParameters,
  defineModelConfig,
  loadCheckpoint,
  memoryCheckpoint,
  modelPresets,
} from '../index.js';
import { byteSymbols } from '../tokenizer/clip/clip-vocabulary.js';
import { readClipVocabulary } from '../tokenizer/clip/read-clip-vocabulary.js';
import type { ByteSource } from './byte-source.js';
import { readClipArchitecture } from './clip-architecture.js';
import { openWeightFile } from './open-weight-file.js';
import { openShards } from './safetensors/open-safetensors.js';

const mutations = 10_000;
/** The slowest that reading may be, and how often the bytes of a file may be read in all. */
const limits = { milliseconds: 2000, readings: 8 };

const readFixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

/** Values that lengths, offsets and counts go wrong at. */
const extremes = [0, 1, 0x7f, 0x80, 0xff];

/** One change: bytes set, taken out, repeated, put elsewhere, or the end cut off. */
function change(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 + random.integer(random.integer(4) === 0 ? 64 : 8));
  const [before, part, after] = [bytes.slice(0, at), bytes.slice(at, at + length), bytes.slice(at + length)];
  const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
  switch (random.integer(6)) {
    case 0:
      return join(
        before,
        part.map(() => random.integer(256)),
        after,
      );
    case 1:
      return join(
        before,
        part.map(() => extremes[random.integer(extremes.length)]!),
        after,
      );
    case 2:
      return join(
        before,
        part.map((byte) => byte ^ (1 << random.integer(8))),
        after,
      );
    case 3:
      return join(before, after);
    case 4:
      return join(before, part, part, after);
    default:
      return random.integer(4) === 0 ? before : join(part, before, after);
  }
}

/** Reads mutated copies of some files; how many were refused. Any other error than a typed one fails the test. */
async function readMutated(
  seed: string,
  files: readonly Uint8Array[],
  read: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  const random = createRandom(seed);
  let refused = 0;
  for (let index = 0; index < mutations; index++) {
    let bytes = files[index % files.length]!;
    for (let count = 1 + random.integer(3); count > 0; count--) bytes = change(bytes, random);
    const start = performance.now();
    try {
      await read(bytes);
    } catch (error) {
      if (!CheckpointFormatError.isInstance(error))
        throw new Error(`${seed} ${index}: ${String(error)}`, { cause: error });
      refused++;
    }
    const took = performance.now() - start;
    if (took > limits.milliseconds) throw new Error(`${seed} ${index}: took ${took} ms`);
  }
  return refused;
}

/** Opens a file and reads all its tensors, counting what is read: all memory that a file asks for is read from it. */
async function readWeights(bytes: Uint8Array): Promise<void> {
  let count = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: async (offset, length) => {
      count += length;
      return bytes.slice(offset, offset + length);
    },
  };
  const readAll = async () => {
    const { tensors } = await openWeightFile(source);
    for (const { read } of tensors.values()) {
      const before = count;
      const { length } = await read();
      const taken = count - before;
      // A tensor is never more than what was read for it, and that never more than the file.
      if (length > taken || taken > bytes.length) throw new Error(`${length} bytes of a tensor from ${taken}`);
      count = before;
    }
  };
  const error = await readAll().catch((reason: unknown) => reason);
  if (count > limits.readings * Math.max(1024, bytes.length)) throw new Error(`${count} of ${bytes.length} bytes read`);
  if (error !== undefined) throw error;
}

const memoryBefore = process.memoryUsage().rss;

describe(`${mutations} mutated files a kind: typed errors only, no hang, no memory beyond the file`, () => {
  it('zip archives', async () => {
    const files = ['state-dict.pt', 'training.pth', 'script.pt'].map(readFixture);
    expect(await readMutated('zip', files, readWeights)).toBeGreaterThan(mutations / 4);
  });

  it('pickles', async () => {
    expect(await readMutated('pickle', [readFixture('training-legacy.pth')], readWeights)).toBeGreaterThan(
      mutations / 2,
    );
  });

  it('safetensors', async () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const file = encodeSafetensors({
      a: { dtype: 'F32', shape: [2, 2], data },
      b: { dtype: 'F16', shape: [3], data: Uint16Array.of(1, 2, 3) },
    });
    expect(await readMutated('safetensors', [file], readWeights)).toBeGreaterThan(mutations / 2);
  });

  it('indexes of safetensors in parts', async () => {
    const part = encodeSafetensors({ a: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } });
    const index = new TextEncoder().encode('{"metadata":{"total_size":4},"weight_map":{"a":"1-of-1.safetensors"}}');
    const source: ByteSource = {
      size: part.length,
      read: async (offset, length) => part.slice(offset, offset + length),
    };
    const read = async (bytes: Uint8Array) => void (await openShards(bytes, async () => source));
    expect(await readMutated('index', [index], read)).toBeGreaterThan(mutations / 4);
  });

  it('tokenizer files', async () => {
    const merges = ['f a', 'k e</w>', 'fa ke</w>'];
    const symbols = [...byteSymbols.values()];
    const all = [
      ...symbols,
      ...symbols.map((symbol) => `${symbol}</w>`),
      ...merges.map((merge) => merge.replace(' ', '')),
      '<|startoftext|>',
      '<|endoftext|>',
    ];
    const vocab = Object.fromEntries(all.map((symbol, id) => [symbol, id]));
    const encode = (text: string) => new TextEncoder().encode(text);
    const list = encode(`#version: 0.2\n${merges.join('\n')}\n`);
    const stream = new Blob([list]).stream().pipeThrough(new CompressionStream('gzip'));
    const compressed = new Uint8Array(await new Response(stream).arrayBuffer());
    const tokenizerFile = encode(JSON.stringify({ model: { end_of_word_suffix: '</w>', merges, vocab } }));
    const read = async (bytes: Uint8Array) => void (await readClipVocabulary([bytes]));
    expect(await readMutated('tokenizer', [list, compressed, tokenizerFile], read)).toBeGreaterThan(mutations / 4);
  });

  it('configurations of Hugging Face', async () => {
    const tower = { hidden_act: 'quick_gelu', layer_norm_eps: 1e-5, num_attention_heads: 8 };
    const file = new TextEncoder().encode(
      JSON.stringify({ model_type: 'clip', vision_config: tower, text_config: tower }),
    );
    const read = async (bytes: Uint8Array) => void readClipArchitecture(bytes);
    expect(await readMutated('config', [file], read)).toBeGreaterThan(mutations / 4);
  });

  it('manifests of checkpoints', async () => {
    await useBackend(reference());
    const graph = faceForensics;
    const config = defineModelConfig(modelPresets.tiny, graph);
    const params = createParameters(config, createRandom(1));
    const { files } = await buildCheckpoint({
      name: 'mutated',
      graph,
      config,
      params,
      input: { imageSize: 32, crop: 'none', resize: 'bicubic-antialias', mean: [0, 0, 0], std: [1, 1, 1] },
      calibration: { kind: 'identity' },
      thresholds: { fake: 0.5, labels: {} },
      licence: { weights: 'none', data: 'none', note: '' },
      training: {},
      precision: 'int8',
    });
    disposeTree(params);
    // Without the weights, whose digest would take longer than all else.
    const weights = new Uint8Array(8);
    const read = async (bytes: Uint8Array) =>
      void (await loadCheckpoint(memoryCheckpoint({ 'manifest.json': bytes, 'model.safetensors': weights })));
    expect(await readMutated('manifest', [files['manifest.json']], read)).toBe(mutations);
  });

  it('leave no memory behind', () => {
    (globalThis as { gc?: () => void }).gc?.();
    // Seventy thousand files; had each kept 10 kB, this would be 700 MB.
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(500 * 2 ** 20);
  });
});
