import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { platform } from '#backend-wasm/platform';
import type { WasmBinaries } from '../platform/platform.js';

// Not a TypeScript module; what it exports is written down here.
const { shareMemory } = (await import(new URL('../../../../tools/share-memory.mjs', import.meta.url).href)) as {
  shareMemory: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>;
};

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** A custom section of 200 bytes, whose length takes two bytes. */
const custom = [0, 0xc8, 0x01, 4, ...new TextEncoder().encode('name'), ...Array(195).fill(5)];
const exportsIt = [7, 5, 1, 1, 0x6d, 2, 0];
const binary = (...sections: number[]) => Uint8Array.from([...header, ...sections]);

describe('shareMemory', () => {
  test('changes one bit, and the memory is shared', () => {
    // One page, at most 300.
    const bytes = binary(...custom, 5, 5, 1, 1, 1, 0xac, 0x02, ...exportsIt);
    const shared = shareMemory(bytes);
    expect([...shared].map((byte, i) => byte ^ bytes[i]!).filter((bits) => bits !== 0)).toEqual([2]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(shared));
    const memory = exports.m as WebAssembly.Memory;
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memory.grow(299)).toBe(1);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });

  test('leaves its argument alone', () => {
    const bytes = binary(5, 4, 1, 1, 1, 2);
    expect(shareMemory(bytes)).not.toEqual(bytes);
    expect(bytes).toEqual(binary(5, 4, 1, 1, 1, 2));
  });

  test.each([
    ['something else', Uint8Array.from([0x50, 0x4b, 3, 4, 1, 0, 0, 0]), 'expected a wasm binary'],
    ['a binary without a memory', binary(...custom), 'expected a memory section, got none'],
    ['a memory without a maximum', binary(5, 3, 1, 0, 1), 'got limits flags 0'],
    ['a memory that is shared', binary(5, 4, 1, 3, 1, 2), 'got one that is shared already'],
    ['two memories', binary(5, 7, 2, 1, 1, 2, 1, 1, 2), 'expected one memory, got 2'],
    ['a section that is cut', binary(...custom.slice(0, 20)), 'expected 200 bytes in section 0, got 17'],
    ['a length that is cut', binary(0, 0x80), 'expected a LEB128 number at byte 9'],
    ['a number that does not end', binary(0, 0x80, 0x80, 0x80, 0x80, 0x80, 0), 'expected a LEB128 number at byte 9'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => shareMemory(bytes)).toThrow(message);
  });

  test('made the binary that this package ships', () => {
    const read = (name: keyof WasmBinaries) => readFileSync(platform.shippedBinaries[name]);
    const shared = shareMemory(read('tfjs-backend-wasm-simd.wasm'));
    expect(read('tfjs-backend-wasm-simd-shared.wasm').equals(shared)).toBe(true);
  });
});
