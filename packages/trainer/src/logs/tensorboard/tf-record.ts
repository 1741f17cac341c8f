import { computeMaskedCrc } from './masked-crc.js';

/** Length (8 bytes) and its checksum (4) before the data, the checksum of the data (4) after. */
const headerBytes = 12;
const footerBytes = 4;

/**
 * Frames data as one TFRecord: little-endian length, its masked CRC-32C, the data, their masked CRC-32C.
 *
 * @param data - at most 2³² - 1 bytes
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function encodeTfRecord(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + data.length + footerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, computeMaskedCrc(bytes.subarray(0, 8)), true);
  bytes.set(data, headerBytes);
  view.setUint32(headerBytes + data.length, computeMaskedCrc(data), true);
  return bytes;
}

/** A record of a file. */
export interface TfRecord {
  readonly data: Uint8Array;
  /** Where the record ends in the file, in bytes. */
  readonly end: number;
}

/**
 * Reads records one after another, up to the end or to the first one that is incomplete or damaged.
 *
 * @param bytes - a file from its beginning
 */
export function* readTfRecords(bytes: Uint8Array): Generator<TfRecord, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start + headerBytes + footerBytes <= bytes.length; ) {
    const lengthBytes = bytes.subarray(start, start + 8);
    const length = view.getUint32(start, true) + 2 ** 32 * view.getUint32(start + 4, true);
    const end = start + headerBytes + length + footerBytes;
    if (view.getUint32(start + 8, true) !== computeMaskedCrc(lengthBytes) || end > bytes.length) return;
    const data = bytes.subarray(start + headerBytes, end - footerBytes);
    if (view.getUint32(end - footerBytes, true) !== computeMaskedCrc(data)) return;
    yield { data, end };
    start = end;
  }
}
