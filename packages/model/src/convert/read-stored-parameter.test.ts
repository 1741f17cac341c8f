import { readFileSync } from 'node:fs';
import { encodeSafetensors } from '@sofd/tensor';
import { describe, expect, it } from 'vitest';
import { bytesSource } from './byte-source.js';
import { kernelToMatrix, transposed } from './keys/key-map.js';
import { openWeightFile } from './open-weight-file.js';
import { chunkBytes, readStoredParameter } from './read-stored-parameter.js';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));

/** Tensors of one shape that count up, each from where the one before ended. */
async function openCounting(keys: readonly string[], shape: readonly number[]) {
  const size = shape.reduce((product, length) => product * length, 1);
  const entries = keys.map((key, part) => {
    const data = Float32Array.from({ length: size }, (_, index) => part * size + index);
    return [key, { dtype: 'F32', shape, data }] as const;
  });
  const bytes = encodeSafetensors(Object.fromEntries(entries));
  const [lengths, allocated]: [number[], number[]] = [[], []];
  const { tensors } = await openWeightFile({
    size: bytes.length,
    read: async (offset, length, room) => {
      lengths.push(length);
      if (room === undefined) allocated.push(length);
      const target = room ?? new Uint8Array(length);
      target.set(bytes.subarray(offset, offset + length));
      return target;
    },
  });
  lengths.length = 0;
  allocated.length = 0;
  const file = { tensors, sizes: {}, room: new Uint8Array(chunkBytes) };
  return { file, lengths, allocated };
}

describe('readStoredParameter', () => {
  it('reads a large tensor by parts, all into the same megabyte', async () => {
    const { file, lengths, allocated } = await openCounting(['table'], [3001, 300]);
    const target = new Float32Array(3001 * 300);
    const rule = { parameter: 'table', keys: ['table'], shape: [3001, 300] };
    await readStoredParameter(rule, file, target);
    expect(target.every((value, index) => value === index)).toBe(true);
    expect(allocated).toEqual([]);
    expect(file.room).toHaveLength(2 ** 20);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(target.byteLength);
  });

  it('stacks and transposes parts as the whole', async () => {
    const [rows, columns] = [700, 900];
    const keys = ['q', 'k', 'v'];
    const { file, lengths } = await openCounting(keys, [rows, columns]);
    const target = new Float32Array(3 * rows * columns); // [columns, 3 rows]
    const rule = { parameter: 'input', keys, shape: [rows, columns], axes: transposed };
    await readStoredParameter(rule, file, target);
    const wrong = target.findIndex((value, index) => {
      const [column, row] = [Math.floor(index / (3 * rows)), index % (3 * rows)];
      return value !== row * columns + column;
    });
    expect(wrong).toBe(-1);
    expect(lengths.length).toBeGreaterThan(keys.length);
  });

  it('reads rows that are longer than a part, one by one', async () => {
    const columns = 2 ** 18 + 1;
    const { file, lengths, allocated } = await openCounting(['table'], [2, columns]);
    const target = new Float32Array(2 * columns);
    await readStoredParameter({ parameter: 'table', keys: ['table'], shape: [2, columns] }, file, target);
    expect(target.every((value, index) => value === index)).toBe(true);
    expect(allocated).toEqual(lengths);
    expect(lengths).toEqual([4 * columns, 4 * columns]);
  });

  it('makes a matrix of a kernel', async () => {
    const [outputs, channels, size] = [200, 3, 32];
    const { file, lengths } = await openCounting(['kernel'], [outputs, channels, size, size]);
    const target = new Float32Array(outputs * channels * size * size); // [y x channel, outputs]
    const rule = {
      parameter: 'patches',
      keys: ['kernel'],
      shape: [outputs, channels, size, size],
      axes: kernelToMatrix,
    };
    await readStoredParameter(rule, file, target);
    const wrong = target.findIndex((value, index) => {
      const [pixel, output] = [Math.floor(index / outputs), index % outputs];
      const [position, channel] = [Math.floor(pixel / channels), pixel % channels];
      return value !== (output * channels + channel) * size * size + position;
    });
    expect(wrong).toBe(-1);
    expect(lengths.length).toBeGreaterThan(1);
  });
});

describe('rows of a tensor', () => {
  it.each(['state-dict.pt', 'training.pth', 'training-legacy.pth', 'script.pt'])('%s: are its parts', async (name) => {
    const { tensors } = await openWeightFile(bytesSource(fixture(name)));
    expect(tensors.size).toBeGreaterThan(0);
    for (const { shape, read } of tensors.values()) {
      const rows: Uint8Array[] = [];
      for (let begin = 0; begin < (shape[0] ?? 1); begin++) rows.push(await read({ begin, end: begin + 1 }));
      expect(Buffer.concat(rows)).toEqual(Buffer.from(await read()));
    }
  });
});
