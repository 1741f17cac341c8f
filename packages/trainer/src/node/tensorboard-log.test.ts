import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidOptionError } from '@sofd/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeEvent } from '../logs/tensorboard/event.js';
import { readTfRecords } from '../logs/tensorboard/tf-record.js';
import { openTensorBoardLog } from './index.js';

const perTask = { primary: 0.1, global: 0.2, local: 0.3 };
const recordOf = (step: number) => ({
  step,
  epoch: 0,
  losses: { ...perTask, primary: 1 / step },
  taskWeights: perTask,
  learningRate: 1e-3,
});

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'sofd-tensorboard-')), 'deeper', 'log');
});
afterEach(() => rm(join(folder, '..', '..'), { recursive: true }));

async function readSteps(file: string): Promise<number[]> {
  const records = [...readTfRecords(await readFile(file))];
  expect(records.at(-1)?.end).toBe((await stat(file)).size);
  expect(decodeEvent(records[0]!.data).fileVersion).toBe('brain.Event:2');
  return records.slice(1).map(({ data }) => decodeEvent(data).step);
}

async function write(steps: readonly number[], resumeFrom?: number): Promise<string> {
  const log = await openTensorBoardLog(folder, resumeFrom === undefined ? {} : { resumeFrom });
  for (const step of steps) log.append(recordOf(step));
  await log.close();
  return log.file;
}

describe('openTensorBoardLog', () => {
  it('makes a file that TensorBoard finds by its name, with an event a step at once', async () => {
    const log = await openTensorBoardLog(folder);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\.[\w.-]+$/)]);
    expect(log.lastStep).toBe(0);
    log.append(recordOf(1));
    log.append(recordOf(2));
    expect(await readSteps(log.file)).toEqual([1, 2]);
    expect(log.lastStep).toBe(2);
    await log.flush();
    await log.close();
    await log.close();
    await log.flush();
  });

  it('goes on after the step it resumes from, in the same file and with the same bytes but for the times', async () => {
    const file = await write([1, 2, 3, 4, 5]);
    const { size } = await stat(file);
    expect(await write([4, 5], 3)).toBe(file);
    expect(await readSteps(file)).toEqual([1, 2, 3, 4, 5]);
    expect((await stat(file)).size).toBe(size);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('begins anew where no step is resumed from', async () => {
    await write([1, 2, 3]);
    expect(await readSteps(await write([1]))).toEqual([1]);
  });

  it('tells which steps are missing', async () => {
    await write([1, 2]);
    const log = await openTensorBoardLog(folder, { resumeFrom: 4 });
    expect(log.lastStep).toBe(2);
    for (const step of [1, 2, 3, 4]) if (step > log.lastStep) log.append(recordOf(step));
    await log.close();
    expect(await readSteps(log.file)).toEqual([1, 2, 3, 4]);
  });

  it('mends what a kill left, wherever the file was torn', async () => {
    const file = await write([1, 2]);
    const bytes = await readFile(file);
    for (let length = 0; length <= bytes.length; length++) {
      await writeFile(file, bytes);
      await truncate(file, length);
      const log = await openTensorBoardLog(folder, { resumeFrom: 2 });
      for (let step = log.lastStep + 1; step <= 3; step++) log.append(recordOf(step));
      await log.close();
      expect(await readSteps(file)).toEqual([1, 2, 3]);
    }
  });

  it('takes no step twice, and none after its end', async () => {
    const log = await openTensorBoardLog(folder);
    log.append(recordOf(2));
    expect(() => log.append(recordOf(2))).toThrow(/a step after 2, got 2/);
    expect(() => log.append(recordOf(Number.NaN))).toThrow(InvalidOptionError);
    await log.close();
    expect(() => log.append(recordOf(3))).toThrow(/an open log/);
    expect(await readSteps(log.file)).toEqual([2]);
  });

  it('refuses files that are not its own, and leaves them as they are', async () => {
    const file = await write([1]);
    const text = 'a text that is long enough to be a first event';
    await writeFile(file, text);
    await expect(openTensorBoardLog(folder)).rejects.toThrow(/move it away/);
    expect(await readFile(file, 'utf8')).toBe(text);
    await writeFile(`${file}.2`, '');
    await expect(openTensorBoardLog(folder)).rejects.toThrow(/one event file a run/);
    await expect(openTensorBoardLog(folder, { resumeFrom: -1 })).rejects.toThrow(InvalidOptionError);
  });
});
