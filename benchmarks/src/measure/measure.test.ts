import { describe, expect, test } from 'vitest';
import type { Task } from '../contenders/protocol.js';
import { type MeasureOptions, measure } from './measure.js';

/** A contender that answers with its own counts as times: what it was asked, in order. */
const contenderSource = (answer: string, failing = '') => `
  let runs = 0;
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { call, with: argument } = JSON.parse(line);
    console.log('chatter of a library');
    if (call === ${JSON.stringify(failing)}) process.exit(3);
    const results = {
      prepare: () => ({ description: 'fake of ' + argument.threads, answer: ${answer} }),
      run: () => Array.from({ length: argument }, () => { runs += 1; return 250; }),
      peakMemory: () => 12,
      profile: () => ({ milliseconds: 250, kernels: [] }),
    };
    console.log(JSON.stringify({ result: results[call]() }));
  });`;

const contender = <Name extends string>(name: Name, answer: string, failing?: string) => ({
  name,
  launch: { command: process.execPath, args: ['-e', contenderSource(answer, failing)], env: {} },
  task: { threads: 2 } as Task,
  profiled: false,
});

const options: MeasureOptions = { rounds: 3, turnMs: 500, log: () => {} };

describe('measure', () => {
  test('gives every contender a turn a round and compares all answers with the first', async () => {
    const peaks = [
      { gflops: 5, vectors: 'a' },
      { gflops: 9, vectors: 'b' },
      { gflops: 7, vectors: 'c' },
    ];
    const { contenders, failures, peak } = await measure(
      [contender('first', '[1, 2]'), { ...contender('second', '[1, 3]'), profiled: true }],
      { ...options, meterPeak: async () => peaks.shift()! },
    );
    expect(failures).toEqual([]);
    expect(peak).toEqual({ gflops: 9, vectors: 'b' });
    // 250 ms a run make two in a turn of half a second.
    const rounds = [
      [250, 250],
      [250, 250],
      [250, 250],
    ];
    expect(contenders).toMatchObject([
      { name: 'first', description: 'fake of 2', rounds, peakMemory: 12, difference: { largest: 0, equal: true } },
      { name: 'second', rounds, difference: { equal: false }, profile: { milliseconds: 250 } },
    ]);
  });

  test.each(['prepare', 'run', 'peakMemory'])('goes on without a contender that fails to %s', async (failing) => {
    const { contenders, failures } = await measure(
      [contender('broken', '[1]', failing), contender('whole', '[1]')],
      options,
    );
    expect(contenders.map(({ name }) => name)).toEqual(['whole']);
    expect(failures).toMatchObject([{ name: 'broken', reason: expect.stringContaining('the process ended (3)') }]);
  });

  test('says why a command cannot be started', async () => {
    const missing = { ...contender('missing', '[1]'), launch: { command: 'no-such-command', args: [], env: {} } };
    const { failures } = await measure([missing], options);
    expect(failures).toMatchObject([{ name: 'missing', reason: expect.stringContaining('ENOENT') }]);
  });
});
