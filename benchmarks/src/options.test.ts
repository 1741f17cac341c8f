import { describe, expect, test } from 'vitest';
import { type BenchOptions, createProgram } from './options.js';

async function parse(...args: string[]): Promise<BenchOptions> {
  let parsed: BenchOptions | undefined;
  const program = createProgram(async (options) => {
    parsed = options;
  });
  await program
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(args, { from: 'user' });
  return parsed!;
}

describe('the command line', () => {
  test('measures everything, with peers, by default', async () => {
    expect(await parse()).toEqual({
      ...{ only: '', rounds: 10, threads: [1, 2], list: false, profile: false, install: true, peers: true },
    });
  });

  test('takes options', async () => {
    const args = ['--only', 'step', '--rounds', '3', '--threads', '1,4', '--json', 'a.json', '--profile', '--no-peers'];
    expect(await parse(...args)).toMatchObject({
      ...{ only: 'step', rounds: 3, threads: [1, 4], json: 'a.json', profile: true, peers: false },
    });
  });

  test.each([
    ['--rounds', '0'],
    ['--rounds', 'many'],
    ['--threads', '1,'],
    ['--threads', '1.5'],
    ['--thread', '1'],
  ])('refuses %s %s', async (...args) => {
    await expect(parse(...args)).rejects.toThrow();
  });
});
