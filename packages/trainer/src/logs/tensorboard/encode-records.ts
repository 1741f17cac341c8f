import type { StepRecord } from '../../train/step-record.js';
import { encodeEvent, fileVersion } from './event.js';
import { encodeTfRecord } from './tf-record.js';

const prefix = (group: string, values: Readonly<Record<string, number>>) =>
  Object.entries(values).map(([name, value]) => [`${group}/${name}`, value] as const);

/**
 * The numbers of a step by TensorBoard's tags; what stands before the first slash is the group in which a chart is shown.
 *
 * @param record - of a step of training
 * @returns values by `loss/<task>`, `weight/<task>`, `learning_rate`, `gradient_norm` and `validation/<metric>`
 * @example
 * ```ts
 * const losses = { primary: 0.5, global: 0.25, local: 0.125 };
 * const taskWeights = { primary: 1, global: 1, local: 1 };
 * const scalars = toTensorBoardScalars({ step: 1, epoch: 0, losses, taskWeights, learningRate: 0.001 });
 * scalars['loss/local']; // 0.125
 * scalars.learning_rate; // 0.001
 * ```
 */
export function toTensorBoardScalars(record: StepRecord): Readonly<Record<string, number>> {
  const { losses, taskWeights, learningRate, gradientNorm, validation = {} } = record;
  return Object.fromEntries([
    ...prefix('loss', losses),
    ...prefix('weight', taskWeights),
    ['learning_rate', learningRate],
    ...(gradientNorm === undefined ? [] : [['gradient_norm', gradientNorm] as const]),
    ...prefix('validation', validation),
  ]);
}

/**
 * The bytes with which an event file begins.
 *
 * @param wallTime - when the run began, seconds since 1970
 */
export function encodeTensorBoardHeader(wallTime: number): Uint8Array {
  return encodeTfRecord(encodeEvent({ wallTime, step: 0, fileVersion, scalars: {} }));
}

/**
 * The bytes that an event file has for a step.
 *
 * @param record - of the step
 * @param wallTime - when it was taken, seconds since 1970
 */
export function encodeTensorBoardStep(record: StepRecord, wallTime: number): Uint8Array {
  return encodeTfRecord(encodeEvent({ wallTime, step: record.step, scalars: toTensorBoardScalars(record) }));
}

/**
 * A whole event file of a run, for instance to download from a page that trains.
 *
 * @param records - of the steps, in order
 * @param wallTimes - when each of them was taken, seconds since 1970; the step's number where not known
 * @returns the bytes of a file that TensorBoard finds under a name such as `events.out.tfevents.0000000000.page`
 * @example
 * ```ts
 * const losses = { primary: 0.5, global: 0.25, local: 0.125 };
 * const taskWeights = { primary: 1, global: 1, local: 1 };
 * const file = encodeTensorBoardFile([{ step: 1, epoch: 0, losses, taskWeights, learningRate: 0.001 }]);
 * new TextDecoder().decode(file).includes('brain.Event:2'); // true
 * ```
 */
export function encodeTensorBoardFile(records: readonly StepRecord[], wallTimes: readonly number[] = []): Uint8Array {
  const timeOf = (index: number) => wallTimes[index] ?? records[index]?.step ?? 0;
  const parts = [
    encodeTensorBoardHeader(timeOf(0)),
    ...records.map((record, index) => encodeTensorBoardStep(record, timeOf(index))),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
