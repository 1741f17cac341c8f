import { readFileSync } from 'node:fs';
import { CheckpointFormatError } from '@sofd/core';
import { encodeSafetensors, type SafetensorsTensor } from '@sofd/tensor';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { type ByteSource, blobSource, bytesSource } from './byte-source.js';
import { decodeFloats, isFloatDtype } from './decode-floats.js';
import { openWeightFile } from './open-weight-file.js';
import { openShards } from './safetensors/open-safetensors.js';
import type { WeightFile } from './weight-file.js';

const readFixture = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const open = (bytes: Uint8Array) => openWeightFile(bytesSource(bytes));
const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Shapes and numbers of all tensors. */
async function readAll({ tensors }: WeightFile): Promise<Record<string, unknown>> {
  const read: Record<string, unknown> = {};
  for (const [name, { dtype, shape, read: load }] of tensors) {
    const bytes = await load();
    read[name] = [dtype, shape.join('x'), isFloatDtype(dtype) ? [...decodeFloats(dtype, bytes)] : [...bytes]];
  }
  return read;
}

/** What fixtures/write-fixtures.py saved. */
const saved = {
  matrix: ['F32', '2x3', [0, 0.25, 0.5, 0.75, 1, 1.25]],
  transposed: ['F32', '3x2', [0, 0.75, 0.25, 1, 0.5, 1.25]],
  row: ['F32', '3', [0.75, 1, 1.25]],
  half: ['F16', '3', [1.5, -(2 ** -24), 65504]],
  brain: ['BF16', '3', [1.5, -3, 2 ** 100]],
  ids: ['I64', '3', [0, 1, 2].flatMap((id) => [id, 0, 0, 0, 0, 0, 0, 0])],
  scalar: ['F32', '', [0.5]],
  empty: ['F32', '0x3', []],
  parameter: ['F32', '2', [1, 1]],
};

/** An archive as PyTorch lays it out. */
async function zip(files: Readonly<Record<string, Uint8Array>>, options: object = {}): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0, useWebWorkers: false, ...options });
  for (const [name, bytes] of Object.entries(files)) await writer.add(name, new Uint8ArrayReader(bytes));
  return writer.close();
}

describe('a file that PyTorch wrote', () => {
  it.each([
    ['state-dict.pt', 'pytorch'],
    ['training.pth', 'pytorch'],
    ['training-legacy.pth', 'pytorch-legacy'],
    ['protocol-3.pth', 'pytorch'],
    ['protocol-4.pth', 'pytorch'],
    ['protocol-5.pth', 'pytorch'],
  ])('%s has the tensors that were saved', async (name, format) => {
    const file = await open(readFixture(name));
    expect(file.format).toBe(format);
    expect(await readAll(file)).toEqual(saved);
  });

  it('a TorchScript archive has the tensors of its modules', async () => {
    expect(await readAll(await open(readFixture('script.pt')))).toEqual({
      scale: ['F32', '', [2]],
      'visual.weight': ['F16', '2x3', [0, 0.25, 0.5, 0.75, 1, 1.25]],
      'visual.resolution': ['I64', '', [224, 0, 0, 0, 0, 0, 0, 0]],
    });
  });

  it('is the same from a file chooser', async () => {
    const file = await openWeightFile(blobSource(new Blob([readFixture('training.pth')])));
    expect(await readAll(file)).toEqual(saved);
  });

  it('is not read but for its directory until a tensor is', async () => {
    const bytes = encodeSafetensors({ large: { dtype: 'F32', shape: [100_000], data: new Float32Array(100_000) } });
    let count = 0;
    const source: ByteSource = {
      size: bytes.length,
      read: async (offset, length) => {
        count += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    const { tensors } = await openWeightFile(source);
    expect(count).toBeLessThan(200);
    await tensors.get('large')!.read();
    expect(count).toBeGreaterThan(400_000);
  });
});

describe('an archive that PyTorch would not write is refused', () => {
  const evil = ascii('\x80\x02cos\nsystem\n(X\x02\0\0\0idtR.');
  const tensor = (key: string) =>
    ascii(
      `\x80\x02}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0${key}X\x03\0\0\0cpuK\x02tQK\0K\x02\x85K\x01\x85\x89NtRs.`,
    );
  const data = new Uint8Array(8);

  it('unless it has what it should', async () => {
    const file = await open(await zip({ 'x/data.pkl': tensor('0'), 'x/data/0': data }));
    expect(await readAll(file)).toEqual({ w: ['F32', '2', [0, 0]] });
  });

  it.each<[string, () => Promise<Uint8Array>, string]>([
    ['a pickle that runs a program', () => zip({ 'x/data.pkl': evil }), 'os.system'],
    ['no pickle', () => zip({ 'x/data/0': data }), 'one data.pkl'],
    ['two pickles', () => zip({ 'x/data.pkl': tensor('0'), 'y/data.pkl': evil, 'x/data/0': data }), 'one data.pkl'],
    ['a missing storage', () => zip({ 'x/data.pkl': tensor('1'), 'x/data/0': data }), 'storage x/data/1'],
    ['a way out of its folder', () => zip({ 'x/data.pkl': tensor('/'), 'x/data/0': data }), 'storage x/data//'],
    ['a short storage', () => zip({ 'x/data.pkl': tensor('0'), 'x/data/0': data.subarray(1) }), '8 bytes'],
    ['big-endian numbers', () => zip({ 'x/data.pkl': tensor('0'), 'x/byteorder': ascii('big') }), 'little-endian'],
    ['a long byte order', () => zip({ 'x/data.pkl': tensor('0'), 'x/byteorder': new Uint8Array(99) }), '64 bytes'],
    [
      'compressed numbers, which could be a bomb',
      () => zip({ 'x/data.pkl': tensor('0'), 'x/data/0': new Uint8Array(100_000) }, { level: 9 }),
      'stored as it is',
    ],
    ['an archive in place of the pickle', async () => zip({ 'x/data.pkl': await zip({ a: data }) }), 'operation'],
    ['a list', () => zip({ 'x/data.pkl': ascii('\x80\x02].') }), 'dictionary of tensors'],
    [
      'a dictionary of other things',
      () => zip({ 'x/data.pkl': ascii('\x80\x02}X\x01\0\0\0aK\x01s.') }),
      'a: expected a tensor',
    ],
  ])('with %s', async (_, make, message) => {
    const bytes = await make();
    await expect(open(bytes)).rejects.toThrow(CheckpointFormatError);
    await expect(open(bytes)).rejects.toThrow(message);
  });

  it('with modules that contain themselves, or each other many times', async () => {
    const module = 'c__torch__\nM\n)\x81';
    const itself = ascii(`\x80\x02${module}q\0}X\x01\0\0\0ah\0sb.`);
    await expect(open(await zip({ 'x/data.pkl': itself }))).rejects.toThrow('64 levels');
    // Each level holds the one before it twice: 2^40 modules in 2 kB.
    const level = (index: number) =>
      `${module}q${String.fromCharCode(index)}}(X\x01\0\0\0ah${String.fromCharCode(index - 1)}X\x01\0\0\0bh${String.fromCharCode(index - 1)}ub0`;
    const levels = Array.from({ length: 40 }, (_, index) => level(index + 1)).join('');
    const bomb = ascii(`\x80\x02${module}q\x000${levels}h\x28.`);
    await expect(open(await zip({ 'x/data.pkl': bomb }))).rejects.toThrow('100000 modules');
  });
});

describe('an old PyTorch file is refused', () => {
  const legacy = readFixture('training-legacy.pth');
  it('where it ends early, wherever that is', async () => {
    for (let length = 0; length < legacy.length; length += 7) {
      await expect(open(legacy.subarray(0, length)), `${length} bytes`).rejects.toThrow(CheckpointFormatError);
    }
  });

  it('where it has another magic number', async () => {
    const other = legacy.slice();
    other[6]! ^= 1;
    await expect(open(other)).rejects.toThrow('magic number');
  });
});

describe('other files', () => {
  it.each([
    ['an empty file', ''],
    ['a short file', 'PK'],
    ['text', 'weights, weights, weights'],
    ['a compressed file', '\x1f\x8b\x08\0\0\0\0\0\0\0\0'],
    ['a pickle of another protocol', '(dp0\n.'],
  ])('are refused: %s', async (_, text) => {
    await expect(open(ascii(text))).rejects.toThrow(CheckpointFormatError);
  });
});

describe('a safetensors file', () => {
  const f32 = (...values: number[]): SafetensorsTensor => ({
    dtype: 'F32',
    shape: [values.length],
    data: Float32Array.from(values),
  });
  const encode = (header: unknown, dataBytes: number): Uint8Array => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length + dataBytes);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };
  const entry = (begin: number, end: number) => ({
    dtype: 'F32',
    shape: [(end - begin) / 4],
    data_offsets: [begin, end],
  });

  it('has the tensors that were written', async () => {
    const file = await open(encodeSafetensors({ a: f32(1, 2), b: f32(3) }, { format: 'pt' }));
    expect(await readAll(file)).toEqual({ a: ['F32', '2', [1, 2]], b: ['F32', '1', [3]] });
  });

  it.each([
    ['a header that is no JSON', '{"a":', 0],
    ['an unknown type', { a: { ...entry(0, 4), dtype: 'F8' } }, 4],
    ['a negative size', { a: { dtype: 'F32', shape: [-1, -1], data_offsets: [0, 4] } }, 4],
    ['an absurd size', { a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, 4],
    ['bytes that do not fit the shape', { a: { ...entry(0, 4), data_offsets: [0, 8] } }, 8],
    ['an overlap', { a: entry(0, 8), b: entry(4, 12) }, 12],
    ['a gap', { a: entry(0, 4), b: entry(8, 12) }, 12],
    ['bytes behind the last tensor', { a: entry(0, 4) }, 8],
    ['a tensor beyond its end', { a: entry(0, 8) }, 4],
    ['an unknown key', { a: { ...entry(0, 4), strides: [1] } }, 4],
  ])('is refused with %s', async (_, header, dataBytes) => {
    await expect(open(encode(header, dataBytes))).rejects.toThrow(CheckpointFormatError);
  });

  it('may be in several parts', async () => {
    const parts: Record<string, Uint8Array> = {
      '1.safetensors': encodeSafetensors({ a: f32(1) }),
      '2.safetensors': encodeSafetensors({ b: f32(2) }),
    };
    const openPart = async (name: string) => bytesSource(parts[name]!);
    const index = (map: unknown) => ascii(JSON.stringify({ metadata: { total_size: 8 }, weight_map: map }));
    const file = await openShards(index({ a: '1.safetensors', b: '2.safetensors' }), openPart);
    expect(await readAll(file)).toEqual({ a: ['F32', '1', [1]], b: ['F32', '1', [2]] });
    for (const wrong of [
      { a: '1.safetensors', b: '1.safetensors' },
      { a: '1.safetensors', b: '2.safetensors', c: '2.safetensors' },
      { a: '../1.safetensors' },
      { a: 3 },
    ])
      await expect(openShards(index(wrong), openPart)).rejects.toThrow(CheckpointFormatError);
  });
});
