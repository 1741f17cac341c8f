import { CheckpointFormatError } from '@sofd/core';

/** The error of a pickle that is not what PyTorch writes. */
export const malformedPickle = (expected: string, got: string, options?: { readonly cause?: unknown }) =>
  new CheckpointFormatError(
    `openWeightFile: expected ${expected} in the pickle, got ${got}; the file is damaged or was not written by torch.save.`,
    options,
  );

/** The error of a pickle that goes on behind the bytes there are. */
export class PickleEndError extends CheckpointFormatError {
  constructor() {
    super('openWeightFile: expected a whole pickle, got one that ends early; fetch the file again.');
  }
}

/** Reads numbers and texts off bytes, in order. */
export interface Reader {
  /** Bytes read so far. */
  position(): number;
  take(length: number): Uint8Array;
  uint8(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  float64BigEndian(): number;
  /** A length of eight bytes. */
  uint64(): number;
  text(length: number): string;
  /** Text up to a line feed. */
  line(): string;
}

/** Names in a pickle are short; this keeps a search for a line feed short too. */
const maxLine = 1024;

/**
 * A reader from the start of some bytes.
 *
 * @throws PickleEndError at their end
 */
export function createReader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let at = 0;
  const advance = (length: number): number => {
    if (length > bytes.length - at) throw new PickleEndError();
    at += length;
    return at - length;
  };
  const take = (length: number) => {
    const start = advance(length);
    return bytes.subarray(start, start + length);
  };
  const text = (length: number): string => {
    try {
      return decoder.decode(take(length));
    } catch (cause) {
      if (cause instanceof PickleEndError) throw cause;
      throw malformedPickle('UTF-8 text', `${length} bytes that are none`, { cause });
    }
  };
  const line = (): string => {
    const length = bytes.subarray(at, at + maxLine).indexOf(0x0a);
    if (length < 0 && bytes.length - at >= maxLine) throw malformedPickle('names', `more than ${maxLine} bytes`);
    if (length < 0) throw new PickleEndError();
    const name = text(length);
    advance(1);
    return name;
  };
  return {
    position: () => at,
    take,
    text,
    line,
    uint8: () => view.getUint8(advance(1)),
    uint16: () => view.getUint16(advance(2), true),
    int32: () => view.getInt32(advance(4), true),
    uint32: () => view.getUint32(advance(4), true),
    float64BigEndian: () => view.getFloat64(advance(8)),
    uint64: () => Number(view.getBigUint64(advance(8), true)),
  };
}
