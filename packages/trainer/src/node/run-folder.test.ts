import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointFormatError } from '@sofd/core';
import { encodeSafetensors } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRunState, encodeRunState, type RunState, type StepRecord } from '../index.js';
import { openRunFolder } from './index.js';

const array = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
const perTask = { primary: 0.1, global: 1 / 3, local: -1e-300 };
const records: StepRecord[] = [1, 2, 3].map((step) => ({
  step,
  epoch: 0,
  losses: perTask,
  taskWeights: perTask,
  learningRate: 1e-3,
  ...(step === 2 ? { validation: { auc: 0.5 } } : {}),
}));
const state: RunState = {
  step: 2,
  trainable: { 'b.weight': array(1, Number.NaN, -0), a: array(1e-45) },
  optimizer: {
    step: 2,
    m: { 'b.weight': array(1, 2, 3), a: array(4) },
    v: { 'b.weight': array(5, 6, 7), a: array(8) },
  },
  weighting: { name: 'x', state: { weights: [1 / 3, 0.1 + 0.2] } },
  validations: [
    { step: 1, metrics: { auc: 0.5, 'auc/eye': Number.NaN } },
    { step: 2, metrics: { auc: 1 / 3 } },
  ],
};

const readRecords = async () =>
  (await readFile(join(folder, 'metrics.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

let folder: string;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'sofd-run-')), 'deeper', 'run');
});
afterAll(() => rm(join(folder, '..', '..'), { recursive: true }));

describe('the state of a run', () => {
  it('comes back bit for bit', () => {
    expect(decodeRunState(encodeRunState(state))).toEqual(state);
    const averaged = { ...state, optimizer: { ...state.optimizer, ema: state.trainable } };
    expect(decodeRunState(encodeRunState(averaged))).toEqual(averaged);
  });

  it.each([
    ['a truncated file', () => encodeRunState(state).subarray(0, 200)],
    ['weights alone', () => encodeSafetensors({ a: { dtype: 'F32', shape: [1], data: new Float32Array(1) } })],
    ['another file', () => new TextEncoder().encode('hello, this is no state at all')],
    ['another version', () => encodeSafetensors({}, { run: '{"format":"sofd-run-state","version":9}' })],
  ])('is not read from %s', (_, bytes) => {
    expect(() => decodeRunState(bytes())).toThrow(CheckpointFormatError);
  });
});

describe('a run folder', () => {
  it('has no state at first', async () => {
    expect(await (await openRunFolder(folder)).load()).toBeNull();
  });

  it('keeps the last state whole and a line a step, and nothing else', async () => {
    const run = await openRunFolder(folder);
    run.record(records[0]!);
    await run.save({ ...state, step: 1 });
    run.record(records[1]!);
    await run.save(state);
    expect(await run.load()).toEqual(state);
    expect(await readRecords()).toEqual(records.slice(0, 2));
    expect((await readdir(folder)).toSorted()).toEqual(['metrics.jsonl', 'state.safetensors']);
  });

  it('forgets records that the resumed run will repeat, and a line that was not finished', async () => {
    const run = await openRunFolder(folder);
    run.record(records[2]!);
    await run.close();
    await appendFile(join(folder, 'metrics.jsonl'), '{"step":4,"ep');
    expect((await run.load())?.step).toBe(2);
    expect(await readRecords()).toEqual(records.slice(0, 2));
    run.record(records[2]!);
    await run.close();
    expect(await readRecords()).toEqual(records);
    await run.load();
  });

  it('keeps the best parameters of the states saved', async () => {
    const run = await openRunFolder(folder, { keepBest: 1 });
    for (const validation of state.validations) await run.saveBest({ validation, trainable: state.trainable });
    const later = { step: 3, metrics: { auc: 0.9 } };
    await run.saveBest({ validation: later, trainable: state.trainable });
    await run.save(state);
    const files = () => readdir(join(folder, 'best'));
    expect((await files()).toSorted()).toEqual(['step-000001.safetensors', 'step-000003.safetensors']); // 3 is not done yet
    const next = { ...state, step: 3, validations: [...state.validations, later] };
    await run.save(next);
    expect(await files()).toEqual(['step-000003.safetensors']);
    const [best] = await run.loadBest(next);
    expect(best!.validation).toEqual(later);
    expect(best!.trainable.a!.data).toEqual(state.trainable.a!.data);
    await rm(join(folder, 'best'), { recursive: true });
    await run.save(state);
  });

  it('says in save that a record could not be written', async () => {
    const run = await openRunFolder(folder);
    await rename(join(folder, 'metrics.jsonl'), join(folder, 'elsewhere'));
    await mkdir(join(folder, 'metrics.jsonl'));
    run.record(records[0]!);
    await expect(run.save(state)).rejects.toThrow('EISDIR');
    await run.close().catch(() => undefined);
    await rm(join(folder, 'metrics.jsonl'), { recursive: true });
    await rename(join(folder, 'elsewhere'), join(folder, 'metrics.jsonl'));
  });

  it('is not stopped by what an interruption left, and refuses a damaged state', async () => {
    const run = await openRunFolder(folder);
    await writeFile(join(folder, 'state.safetensors.tmp'), 'half');
    expect(await run.load()).toEqual(state);
    await run.save(state);
    expect(await run.load()).toEqual(state);
    await writeFile(join(folder, 'state.safetensors'), 'half');
    await expect(run.load()).rejects.toThrow(CheckpointFormatError);
  });
});
