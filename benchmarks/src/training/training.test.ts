import { describe, expect, test } from 'vitest';
import { compareSteps } from './compare-steps.js';
import { type MeasuredTrainer, measureSteps } from './measure-steps.js';
import { createStepGate } from './step-gate.js';
import { createStopwatch } from './stopwatch.js';
import { createTrainingRows, groupsOf } from './training-rows.js';
import { rates, type StepNumbers, type TrainingTask } from './training-task.js';

const step: StepNumbers = {
  losses: [0.4, 0.3, 0.2],
  taskWeights: [1.001, 1.001, 1.0009],
  heldOutLosses: [0.5, 0.4, 0.3],
  lossesPlus: [0.41, 0.31, 0.21],
  lossesMinus: [0.39, 0.29, 0.19],
  norm: 2,
};

describe('compareSteps', () => {
  test('takes rounding for equal', () => {
    const rounded = { ...step, losses: [0.400005, 0.3, 0.2], norm: 2.0001 };
    const { equal, largest } = compareSteps([step, rounded], [step, step], rates);
    expect(equal).toBe(true);
    expect(largest.find(({ what }) => what === 'losses')).toMatchObject({ step: 2, tolerance: 1e-5 });
  });

  test.each<[string, Partial<StepNumbers>]>([
    ['another loss', { losses: [0.4, 0.3, 0.20002] }],
    ['no loss of the second task', { losses: [0.4] }],
    ['a loss that is not a number', { lossesPlus: [0.41, Number.NaN, 0.21] }],
    ['no outer step', { norm: undefined as never, heldOutLosses: undefined as never }],
    ['another norm', { norm: 2.003 }],
    ['another weight', { taskWeights: [1.001, 1.001, 0.9991] }],
  ])('finds %s', (_, changed) => {
    expect(compareSteps([step, { ...step, ...changed }], [step, step], rates).equal).toBe(false);
  });

  test('derives what a weight may be off from what the losses may', () => {
    const { largest } = compareSteps([step], [step], rates);
    // e = 0.005, |g| = 6e-7 · 0.01 / 0.005 = 1.2e-6, its error 6e-7 · 1e-5 / 0.005 = 1.2e-9: a part in 1008 of 2e-3.
    expect(largest.find(({ what }) => what === 'taskWeights')!.tolerance).toBeCloseTo(1.2e-7 + 1.98e-6, 8);
  });

  test('takes no steps for different', () => expect(compareSteps([], [], rates).equal).toBe(false));
});

test('a gate lets a loop take the steps that are asked for, and tells how it ends', async () => {
  const gate = createStepGate();
  const taken: number[] = [];
  const loop = async () => {
    for (let number = 1; number <= 3; number++) {
      await gate.enter();
      if (number === 3) throw new Error('the third');
      taken.push(number);
      gate.leave();
    }
  };
  loop().catch(gate.fail);
  await gate.pass();
  expect(taken).toEqual([1]);
  await gate.pass();
  expect(taken).toEqual([1, 2]);
  await expect(gate.pass()).rejects.toThrow('the third');
  await expect(gate.pass()).rejects.toThrow('the third');
});

test('a stopwatch gives the time of every part of a step', () => {
  let now = 0;
  const stopwatch = createStopwatch(() => now);
  for (const [first, second] of [
    [1000, 5000],
    [3000, 7000],
  ] as const) {
    stopwatch.start();
    now += first;
    stopwatch.mark('first');
    now += second;
    stopwatch.mark('second');
    now += 100;
  }
  expect(stopwatch.read()).toEqual({ first: 2, second: 6 });
  stopwatch.reset();
  expect(stopwatch.read()).toEqual({});
});

const measured = (name: string, rounds: readonly number[], answer = [step]): MeasuredTrainer => ({
  ...{ name, rounds, answer, description: 'fake', peakMemory: 1 },
});

describe('rows', () => {
  const [bilevel, plain, price] = groupsOf('native');

  test('are ratios of rounds, with the goals for a gain and for a price', () => {
    const rows = createTrainingRows(
      bilevel!,
      [measured('PyTorch bi-level', [30, 40, 50]), measured('native bi-level', [10, 10, 10])],
      rates,
    );
    expect(rows).toMatchObject([{ ratio: 4, spread: [3, 5], met: true, comparison: { equal: true } }]);
    const prices = createTrainingRows(
      price!,
      [measured('native bi-level', [33]), measured('native plain', [10])],
      rates,
    );
    expect(prices).toMatchObject([{ ratio: 3.3, met: false }]);
    expect(prices[0]!.line).toContain('goal at most 3.2 missed');
  });

  test('say where the two sides found other numbers', () => {
    const other = [{ ...step, losses: [0.5, 0.3, 0.2] }];
    const [row] = createTrainingRows(
      plain!,
      [measured('PyTorch plain', [30]), measured('native plain', [10], other)],
      rates,
    );
    expect(row!.comparison!.equal).toBe(false);
    expect(row!.line).toContain('NOT EQUAL (losses 1.0e-1 of 1.0e-5');
  });
});

test('everyone takes turns, and who cannot be started drops out', async () => {
  const source = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { call, with: argument } = JSON.parse(line);
    const results = {
      prepare: () => ({ description: argument.kind, answer: [] }),
      run: () => Array.from({ length: argument }, () => 500),
      peakMemory: () => 12,
      profile: () => ({ milliseconds: 500, kernels: [], phases: { forward: 500 } }),
    };
    console.log(JSON.stringify({ result: results[call]() }));
  });`;
  const trainer = (name: string, args: readonly string[], profiled: boolean) => ({
    ...{ name, profiled, task: { kind: 'plain' } as TrainingTask },
    launch: { command: process.execPath, args, env: {} },
  });
  const lines: string[] = [];
  const options = { rounds: 2, profile: true, log: (line: string) => lines.push(line) };
  const { measured, failures } = await measureSteps(
    [trainer('one', ['-e', source], true), trainer('two', ['-e', source], false), trainer('broken', ['-e', ''], false)],
    options,
  );
  expect(measured).toMatchObject([
    { name: 'one', description: 'plain', rounds: [500, 500], profile: { phases: { forward: 500 } } },
    { name: 'two', rounds: [500, 500] },
  ]);
  expect(measured[1]).not.toHaveProperty('profile');
  expect(failures).toMatchObject([{ name: 'broken' }]);
  expect(lines.filter((line) => line.startsWith('round 2')).map((line) => line.split(' ')[4])).toEqual(['two', 'one']);

  const without = await measureSteps(
    [trainer('broken', ['-e', ''], false), trainer('one', ['-e', source], true)],
    options,
  );
  expect(without).toMatchObject({ measured: [], failures: [{ name: 'broken' }] });
});
