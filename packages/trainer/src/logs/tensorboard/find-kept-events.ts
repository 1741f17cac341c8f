import { decodeEvent, fileVersion } from './event.js';
import { readTfRecords } from './tf-record.js';

/** The part of an event file that a resumed run keeps. */
export interface KeptEvents {
  /** Bytes from the beginning of the file; 0 where not even its first event is whole. */
  readonly length: number;
  /** The last step in these bytes; 0 where there is none. */
  readonly lastStep: number;
}

/**
 * Finds how much of an event file a run that resumes after a step keeps: events up to this step, without a torn end.
 *
 * @param bytes - the file
 * @param step - the last step that stays
 * @returns null where the bytes are no event file
 */
export function findKeptEvents(bytes: Uint8Array, step: number): KeptEvents | null {
  let length = 0;
  let lastStep = 0;
  for (const { data, end } of readTfRecords(bytes)) {
    const event = decodeEvent(data);
    if (length === 0 && event.fileVersion !== fileVersion) return null;
    if (event.step > step) break;
    length = end;
    lastStep = event.step;
  }
  // A file whose very first event was torn by a kill is shorter than a whole first event.
  return length === 0 && bytes.length >= headerLength ? null : { length, lastStep };
}

/** Bytes of a file's first event: frame, wall time, version. */
const headerLength = 12 + 9 + 2 + fileVersion.length + 4;
