import { ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InvalidOptionError } from '@sofd/core';
import { encodeTensorBoardHeader, encodeTensorBoardStep, findKeptEvents } from '../logs/index.js';
import type { StepRecord } from '../train/step-record.js';

/** Options of {@link openTensorBoardLog}. */
export interface TensorBoardLogOptions {
  /**
   * The step after which the run goes on: events of later steps, which the run will repeat, are cut off.
   *
   * @default 0, a run from its start
   */
  readonly resumeFrom?: number;
}

/** An open event file of TensorBoard. */
export interface TensorBoardLog {
  /** The event file. */
  readonly file: string;
  /** The last step that the file holds, 0 for none. */
  readonly lastStep: number;
  /**
   * Writes the event of a step. It is with the operating system when the call returns: a kill of the process does not lose it.
   *
   * @throws InvalidOptionError for a step that is not after the last one, and after `close`
   */
  append(record: StepRecord): void;
  /** Waits until the disk has everything; call it before the state to resume from is saved. */
  flush(): Promise<void>;
  /** Flushes, and frees the file. */
  close(): Promise<void>;
}

const filePrefix = 'events.out.tfevents.';

/** The folder's event file; one that is made now where there is none, named in the way by which TensorBoard finds it. */
async function findFile(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.startsWith(filePrefix)).sort();
  if (names.length > 1) {
    throw new InvalidOptionError(
      `openTensorBoardLog: expected one event file a run, got ${names.join(', ')} in ${folder}; give every run a folder of its own.`,
    );
  }
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  return join(folder, names[0] ?? `${filePrefix}${seconds}.${hostname().replace(/[^\w.-]/g, '-') || 'localhost'}`);
}

/** Cuts off what the run repeats; the file's first event stands in it afterwards. */
async function cut(handle: FileHandle, file: string, resumeFrom: number): Promise<{ size: number; lastStep: number }> {
  const kept = findKeptEvents(await handle.readFile(), resumeFrom);
  if (kept === null) {
    throw new InvalidOptionError(
      `openTensorBoardLog: expected an event file of TensorBoard (brain.Event:2), got ${file} of another content; move it away.`,
    );
  }
  await handle.truncate(kept.length);
  if (kept.length > 0) return { size: kept.length, lastStep: kept.lastStep };
  const header = encodeTensorBoardHeader(Date.now() / 1000);
  writeWhole(handle.fd, header, 0);
  return { size: header.length, lastStep: 0 };
}

/** Writes all bytes at a position, or none: what a full disk took of them is cut off again. */
function writeWhole(fd: number, bytes: Uint8Array, position: number): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  } catch (error) {
    ftruncateSync(fd, position);
    throw error;
  }
}

/**
 * Logs a run for TensorBoard: one event file that grows by an event a step, `tensorboard --logdir <folder>` shows it.
 *
 * A run that resumes goes on in the same file, after the step it resumes from; no step stands in it twice. A kill at any
 * moment leaves a file that TensorBoard reads, and that the next call mends. A TensorBoard that is open meanwhile goes on
 * too where the resumed run repeats the same steps, since their events have the same lengths.
 *
 * @param folder - of this run alone; made where it does not exist
 * @param options - where the run resumes
 * @throws InvalidOptionError where the folder has several event files, or one of another content
 * @example
 * ```ts
 * const log = await openTensorBoardLog('demo-output/run/tensorboard');
 * const losses = { primary: 0.5, global: 0.25, local: 0.125 };
 * const taskWeights = { primary: 1, global: 1, local: 1 };
 * log.append({ step: 1, epoch: 0, losses, taskWeights, learningRate: 0.001, validation: { auc: 0.75 } });
 * log.lastStep; // 1
 * await log.close();
 * ```
 */
export async function openTensorBoardLog(
  folder: string,
  { resumeFrom = 0 }: TensorBoardLogOptions = {},
): Promise<TensorBoardLog> {
  if (!Number.isInteger(resumeFrom) || resumeFrom < 0) {
    throw new InvalidOptionError(
      `openTensorBoardLog: expected a step to resume from, 0 or more, got ${resumeFrom}; give that of the state the run resumes from.`,
    );
  }
  const file = await findFile(folder);
  // Made where it is missing, kept where it is not; positions are given, so no append mode.
  const handle = await open(file, 'a')
    .then((made) => made.close())
    .then(() => open(file, 'r+'));
  let { size, lastStep } = await cut(handle, file, resumeFrom).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  let isOpen = true;
  return {
    file,
    get lastStep() {
      return lastStep;
    },
    append(record) {
      if (!isOpen)
        throw new InvalidOptionError(
          `TensorBoardLog.append: expected an open log, got a closed one (${file}); open it again.`,
        );
      if (!(record.step > lastStep)) {
        throw new InvalidOptionError(
          `TensorBoardLog.append: expected a step after ${lastStep}, got ${record.step}; open the log with the step to resume from.`,
        );
      }
      const bytes = encodeTensorBoardStep(record, Date.now() / 1000);
      writeWhole(handle.fd, bytes, size);
      size += bytes.length;
      lastStep = record.step;
    },
    async flush() {
      if (isOpen) await handle.sync();
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await handle.sync();
      await handle.close();
    },
  };
}
