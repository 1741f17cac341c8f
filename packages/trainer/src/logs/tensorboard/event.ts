import { PbfReader, PbfWriter } from 'pbf';

/** The version that the first event of a file states. */
export const fileVersion = 'brain.Event:2';

/** What TensorBoard shows at a step. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  /** Only in the first event of a file. */
  readonly fileVersion?: string;
  /** Values by tag; TensorBoard keeps them as float32. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** Field numbers of tensorflow.Event, tensorflow.Summary and tensorflow.Summary.Value. */
const fields = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, value: 1, tag: 1, simpleValue: 2 } as const;

function writeValue([tag, value]: readonly [string, number], pbf: PbfWriter): void {
  pbf.writeStringField(fields.tag, tag);
  pbf.writeFloatField(fields.simpleValue, value);
}

function writeSummary(scalars: TensorBoardEvent['scalars'], pbf: PbfWriter): void {
  for (const scalar of Object.entries(scalars)) pbf.writeMessage(fields.value, writeValue, scalar);
}

/**
 * Writes an event as protobuf, without its frame.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
export function encodeEvent(event: TensorBoardEvent): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeDoubleField(fields.wallTime, event.wallTime);
  if (event.step !== 0) pbf.writeVarintField(fields.step, event.step);
  if (event.fileVersion !== undefined) pbf.writeStringField(fields.fileVersion, event.fileVersion);
  else pbf.writeMessage(fields.summary, writeSummary, event.scalars);
  return pbf.finish();
}

type Draft = { -readonly [Key in keyof TensorBoardEvent]: TensorBoardEvent[Key] };

function readValue(field: number, value: { tag: string; number: number }, pbf: PbfReader): void {
  if (field === fields.tag) value.tag = pbf.readString();
  else if (field === fields.simpleValue) value.number = pbf.readFloat();
}

function readSummary(field: number, scalars: Record<string, number>, pbf: PbfReader): void {
  if (field !== fields.value) return;
  const { tag, number } = pbf.readMessage(readValue, { tag: '', number: Number.NaN });
  scalars[tag] = number;
}

function readField(field: number, event: Draft, pbf: PbfReader): void {
  if (field === fields.wallTime) event.wallTime = pbf.readDouble();
  else if (field === fields.step) event.step = pbf.readVarint(true);
  else if (field === fields.fileVersion) event.fileVersion = pbf.readString();
  else if (field === fields.summary) event.scalars = pbf.readMessage(readSummary, {});
}

/** Reads an event that {@link encodeEvent} wrote; fields that it does not write are passed over. */
export function decodeEvent(bytes: Uint8Array): TensorBoardEvent {
  return new PbfReader(bytes).readFields(readField, { wallTime: 0, step: 0, scalars: {} } as Draft);
}
