import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointFormatError } from '@sofd/core';
import { encodeSafetensors } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRunState, encodeRunState, type RunState } from '../index.js';
import { openRunFolder } from './index.js';

const array = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
const perTask = { primary: 0.1, global: 1 / 3, local: -1e-300 };
const state: RunState = {
  step: 2,
  trainable: { 'b.weight': array(1, Number.NaN, -0), a: array(1e-45) },
  optimizer: {
    step: 2,
    m: { 'b.weight': array(1, 2, 3), a: array(4) },
    v: { 'b.weight': array(5, 6, 7), a: array(8) },
  },
  weighting: { name: 'x', state: { weights: [1 / 3, 0.1 + 0.2] } },
  history: [
    { step: 1, epoch: 0, losses: perTask, taskWeights: perTask, learningRate: 1e-3 },
    { step: 2, epoch: 0, losses: perTask, taskWeights: perTask, learningRate: 1e-3, validationAuc: 0.5 },
  ],
};

let folder: string;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'sofd-run-')), 'deeper', 'run');
});
afterAll(() => rm(join(folder, '..', '..'), { recursive: true }));

describe('the state of a run', () => {
  it('comes back bit for bit', () => {
    expect(decodeRunState(encodeRunState(state))).toEqual(state);
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
    await run.save({ ...state, step: 1, history: state.history.slice(0, 1) });
    await run.save(state);
    expect(await run.load()).toEqual(state);
    const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(state.history);
    expect((await readdir(folder)).toSorted()).toEqual(['metrics.jsonl', 'state.safetensors']);
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
