import { CheckpointFormatError } from '@sofd/core';
import {
  decodeSafetensors,
  encodeSafetensors,
  layOutSafetensors,
  type SafetensorsTensor,
  streamSafetensors,
} from '@sofd/tensor';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const f32 = (...values: number[]): SafetensorsTensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** A file with the given header text and number of data bytes. */
function createFile(header: string, dataBytes: number, declared = new TextEncoder().encode(header).length): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(declared), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('streamSafetensors', () => {
  test('gives the file of encodeSafetensors, asking for each tensor once and when its turn comes', async () => {
    const tensors = {
      b: f32(1, 2, 3),
      a: f32(4),
      wide: { dtype: 'F64', shape: [1], data: Float64Array.of(5) },
    } as const;
    const asked: string[] = [];
    const read = (name: string) => {
      asked.push(name);
      return tensors[name as keyof typeof tensors].data;
    };
    const parts = streamSafetensors(tensors, { read, metadata: { kind: 'test' } });
    const first = parts.next().value;
    expect(asked).toEqual([]);
    const bytes = Buffer.concat([first!, ...parts]);
    expect(asked).toEqual(['wide', 'a', 'b']);
    expect(bytes).toEqual(Buffer.from(encodeSafetensors(tensors, { kind: 'test' })));
  });

  test('refuses a tensor that is not what was said', () => {
    const parts = streamSafetensors({ x: { dtype: 'F32', shape: [3] } }, { read: () => Float32Array.of(1) });
    expect(() => [...parts]).toThrow(CheckpointFormatError);
  });
});

describe('layOutSafetensors', () => {
  test('has places for all tensors in one file', () => {
    const { bytes, tensors } = layOutSafetensors({ b: { dtype: 'F32', shape: [2] }, a: { dtype: 'U8', shape: [1] } });
    tensors.a.data[0] = 7;
    tensors.b.data.set([1, 2]);
    expect(bytes).toEqual(encodeSafetensors({ a: { dtype: 'U8', shape: [1], data: Uint8Array.of(7) }, b: f32(1, 2) }));
  });

  test('has the memory that is asked for behind the file, and does not count it', () => {
    const infos = { a: { dtype: 'F16', shape: [3] } } as const;
    const { bytes, tensors } = layOutSafetensors(infos, { spareBytes: 6 });
    new Float32Array(tensors.a.data.buffer, tensors.a.data.byteOffset, 3).fill(0);
    expect(bytes).toEqual(layOutSafetensors(infos).bytes);
  });
});

describe('encodeSafetensors', () => {
  test('gives equal bytes whatever the order of names', () => {
    const [a, b] = [f32(1, 2), f32(3)];
    const c = { dtype: 'U8', shape: [1], data: Uint8Array.of(9) } as const;
    expect(encodeSafetensors({ c, b, a }, { y: '2', x: '1' })).toEqual(
      encodeSafetensors({ a, b, c }, { x: '1', y: '2' }),
    );
  });

  test('writes the published layout', () => {
    const bytes = encodeSafetensors({ x: f32(1) });
    const header = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded.length))).toBe(padded);
    expect([...bytes.subarray(0, 8)]).toEqual([padded.length, 0, 0, 0, 0, 0, 0, 0]);
    expect([...bytes.subarray(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  test('refuses a shape that disagrees with the data', () => {
    expect(() => encodeSafetensors({ x: { ...f32(1, 2), shape: [3] } })).toThrow(CheckpointFormatError);
    expect(() => encodeSafetensors({ x: { ...f32(1, 2), dtype: 'I32' } })).toThrow(CheckpointFormatError);
  });
});

const tensorArbitrary: fc.Arbitrary<SafetensorsTensor> = fc.oneof(
  fc.float32Array().map((data) => ({ dtype: 'F32', shape: [data.length], data }) as const),
  fc.float64Array().map((data) => ({ dtype: 'F64', shape: [1, data.length], data }) as const),
  fc.uint16Array().map((data) => ({ dtype: 'F16', shape: [data.length, 1], data }) as const),
  fc.int32Array().map((data) => ({ dtype: 'I32', shape: [data.length], data }) as const),
  fc.bigInt64Array().map((data) => ({ dtype: 'I64', shape: [data.length], data }) as const),
  fc.uint8Array({ minLength: 1, maxLength: 1 }).map((data) => ({ dtype: 'U8', shape: [], data }) as const),
);
const nameArbitrary = fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__');

describe('decodeSafetensors', () => {
  test('reads what was written, wherever the bytes lie in memory', () => {
    fc.assert(
      fc.property(
        fc.dictionary(nameArbitrary, tensorArbitrary),
        fc.dictionary(nameArbitrary, fc.string()),
        fc.nat(9),
        (tensors, metadata, offset) => {
          const bytes = encodeSafetensors(tensors, metadata);
          const moved = new Uint8Array(bytes.length + offset).subarray(offset);
          moved.set(bytes);
          const decoded = decodeSafetensors(moved);
          expect(new Map(Object.entries(decoded.tensors))).toEqual(new Map(Object.entries(tensors)));
          expect(new Map(Object.entries(decoded.metadata))).toEqual(new Map(Object.entries(metadata)));
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });

  test('never returns anything from damaged bytes but tensors or its error', () => {
    const valid = encodeSafetensors({ a: f32(1, 2, 3), b: f32(4) }, { kind: 'test' });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(valid.length),
        (flips, length) => {
          const bytes = valid.slice(0, length);
          for (const [at, value] of flips) if (at < length) bytes[at] = value;
          try {
            const { tensors } = decodeSafetensors(bytes);
            const total = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
            expect(total).toBeLessThanOrEqual(bytes.length);
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointFormatError);
          }
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });

  test('reports all problems of a header at once', () => {
    const header = {
      a: { dtype: 'F99', shape: [1], data_offsets: [0, 4] },
      b: { dtype: 'F32', shape: [-1], data_offsets: [4] },
    };
    expect(() => decodeSafetensors(createFile(JSON.stringify(header), 8))).toThrow(
      'a has the unknown dtype "F99"; b has the shape [-1]; b has the offsets [4]',
    );
  });

  test.each([
    ['no header', new Uint8Array(7), 'at least 8 bytes'],
    ['an absurd header length', createFile('{}', 0, 2 ** 50), 'a header of at most 2 bytes'],
    ['a truncated header', createFile('{"a":', 0), 'a header of UTF-8 JSON'],
    ['text that is not UTF-8', createFile('{}', 0).map((byte, i) => (i === 9 ? 0xff : byte)), 'a header of UTF-8 JSON'],
    ['a list', createFile('[]', 0), 'a JSON object'],
    ['overlap', createFile(JSON.stringify({ a: entry(0, 8), b: entry(4, 12) }), 12), 'b overlaps the tensor before it'],
    [
      'a gap',
      createFile(JSON.stringify({ a: entry(0, 4), b: entry(8, 12) }), 12),
      '4 bytes before b belong to no tensor',
    ],
    ['bytes at the end', createFile(JSON.stringify({ a: entry(0, 4) }), 8), '4 bytes at the end'],
    ['truncated data', createFile(JSON.stringify({ a: entry(0, 8) }), 4), 'a ends at byte 8 of 4'],
    ['a wrong size', createFile(JSON.stringify({ a: entry(0, 8, [3]) }), 8), 'a has 8 bytes where F32 [3] needs 12'],
    ['an overflowing shape', createFile(JSON.stringify({ a: entry(0, 8, [2 ** 40, 2 ** 40]) }), 8), 'a has 8 bytes'],
    ['backward offsets', createFile('{"a":{"dtype":"F32","shape":[0],"data_offsets":[8,4]}}', 8), 'a has -4 bytes'],
    [
      'unknown keys',
      createFile('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"run":1}}', 0),
      'unknown keys run',
    ],
    ['numbers as metadata', createFile('{"__metadata__":{"a":1}}', 0), '__metadata__ is not an object of strings'],
    [
      'a name twice',
      createFile(`{"a":${JSON.stringify(entry(0, 4))},"a":${JSON.stringify(entry(0, 4))}}`, 4),
      'a twice',
    ],
    ['a name twice, escaped', createFile('{"__metadata__":{"k":"1","\\u006b":"2"}}', 0), 'k twice'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(CheckpointFormatError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });
});
