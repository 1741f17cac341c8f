import { describe, expect, it } from 'vitest';
import {
  encodeTensorBoardFile,
  encodeTensorBoardHeader,
  encodeTensorBoardStep,
  toTensorBoardScalars,
} from './encode-records.js';
import { decodeEvent } from './event.js';
import { findKeptEvents } from './find-kept-events.js';
import { computeMaskedCrc } from './masked-crc.js';
import { encodeTfRecord, readTfRecords } from './tf-record.js';

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const perTask = { primary: 0.1, global: 1 / 3, local: 2 };
const recordOf = (step: number) => ({
  step,
  epoch: 0,
  losses: perTask,
  taskWeights: { primary: 1, global: 0.5, local: 0.25 },
  learningRate: 1e-3,
  ...(step % 2 === 0 ? { gradientNorm: 7, validation: { auc: 0.75, 'auc/eye': 0.5 } } : {}),
});

describe('computeMaskedCrc', () => {
  // CRC-32C of RFC 3720, appendix B.4, rotated and shifted by hand.
  const mask = (crc: number) => Number((((BigInt(crc) >> 15n) | (BigInt(crc) << 17n)) + 0xa282ead8n) & 0xffffffffn);

  it.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['the check string', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('masks the CRC-32C of %s', (_, bytes, crc) => {
    expect(computeMaskedCrc(bytes)).toBe(Number(BigInt.asUintN(32, BigInt(mask(crc)))));
  });
});

describe('a TFRecord', () => {
  it('has length, checksum, data, checksum', () => {
    const bytes = encodeTfRecord(Uint8Array.of(1, 2, 3));
    const view = new DataView(bytes.buffer);
    expect(bytes).toHaveLength(19);
    expect(view.getBigUint64(0, true)).toBe(3n);
    expect(view.getUint32(8, true)).toBe(computeMaskedCrc(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0)));
    expect([...bytes.subarray(12, 15)]).toEqual([1, 2, 3]);
    expect(view.getUint32(15, true)).toBe(computeMaskedCrc(Uint8Array.of(1, 2, 3)));
  });

  it('is read up to where the file is torn or damaged, wherever that is', () => {
    const records = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4)].map(encodeTfRecord);
    const file = Uint8Array.from(records.flatMap((record) => [...record]));
    const ends = [19, 35, 52];
    for (let length = 0; length <= file.length; length++) {
      const read = [...readTfRecords(file.subarray(0, length))].map(({ end }) => end);
      expect(read).toEqual(ends.filter((end) => end <= length));
    }
    for (let place = 19; place < 35; place++) {
      const damaged = file.slice();
      damaged[place]! ^= 1;
      expect([...readTfRecords(damaged)].map(({ end }) => end)).toEqual([19]);
    }
  });

  it('is found where the bytes are a part of a larger buffer', () => {
    const larger = new Uint8Array(40);
    larger.set(encodeTfRecord(Uint8Array.of(9)), 5);
    expect([...readTfRecords(larger.subarray(5, 22))].map(({ data }) => [...data])).toEqual([[9]]);
  });
});

describe('an event', () => {
  it('has the bytes that the protobuf schema gives it', () => {
    // wall_time 1.5, file_version; then wall_time 2, step 300, a summary of seven values.
    expect(toHex(encodeTensorBoardHeader(1.5)).slice(24, -8)).toBe(
      `09000000000000f83f1a0d${toHex(new TextEncoder().encode('brain.Event:2'))}`,
    );
    const hex = toHex(encodeTensorBoardStep(recordOf(301), 2)).slice(24, -8);
    expect(hex).toMatch(/^09000000000000004010ad022a/);
    expect(hex).toContain(`0a13${'0a0c'}${toHex(new TextEncoder().encode('loss/primary'))}15cdcccc3d`);
  });

  it('comes back, as float32', () => {
    const data = encodeTensorBoardStep(recordOf(2 ** 40), 1234.5).subarray(12);
    const event = decodeEvent(data.subarray(0, -4));
    expect(event).toMatchObject({ step: 2 ** 40, wallTime: 1234.5 });
    const expected = Object.entries(toTensorBoardScalars(recordOf(2 ** 40)));
    expect(event.scalars).toEqual(Object.fromEntries(expected.map(([tag, value]) => [tag, Math.fround(value)])));
  });

  it('has tags in groups', () => {
    expect(Object.keys(toTensorBoardScalars(recordOf(2)))).toEqual([
      'loss/primary',
      'loss/global',
      'loss/local',
      'weight/primary',
      'weight/global',
      'weight/local',
      'learning_rate',
      'gradient_norm',
      'validation/auc',
      'validation/auc/eye',
    ]);
    expect(Object.keys(toTensorBoardScalars(recordOf(1)))).toHaveLength(7);
  });
});

describe('findKeptEvents', () => {
  const file = encodeTensorBoardFile([1, 2, 3].map(recordOf), [10, 11, 12]);
  const ends = [...readTfRecords(file)].map(({ end }) => end);

  it('keeps what is up to the step', () => {
    expect([0, 1, 2, 3, 9].map((step) => findKeptEvents(file, step))).toEqual([
      { length: ends[0], lastStep: 0 },
      { length: ends[1], lastStep: 1 },
      { length: ends[2], lastStep: 2 },
      { length: ends[3], lastStep: 3 },
      { length: ends[3], lastStep: 3 },
    ]);
  });

  it('leaves a torn end out, at any length of it', () => {
    for (let length = 0; length < file.length; length++) {
      const whole = ends.filter((end) => end <= length);
      const expected = { length: whole.at(-1) ?? 0, lastStep: Math.max(0, whole.length - 1) };
      expect(findKeptEvents(file.subarray(0, length), 9)).toEqual(expected);
    }
  });

  it('knows what is no event file', () => {
    expect(findKeptEvents(new TextEncoder().encode('a text that is long enough to be a first event'), 1)).toBeNull();
    expect(findKeptEvents(file.subarray(ends[0]), 3)).toBeNull();
  });
});
