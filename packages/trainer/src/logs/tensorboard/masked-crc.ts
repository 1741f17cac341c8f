import crc32c from 'crc-32/crc32c.js';

const maskDelta = 0xa282ead8;

/**
 * TFRecord's masked CRC-32C: the checksum rotated right by 15 bits plus a constant, so that the checksum of data that
 * hold a checksum is not degenerate.
 *
 * @returns an unsigned 32-bit number
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function computeMaskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0;
}
