import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DoctorReport } from './commands/doctor.js';
import { createProgram, runProgram } from './program.js';

let folder: string;
let printed: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-cli-'));
  printed = [];
  vi.spyOn(console, 'error').mockImplementation((line: unknown) => {
    printed.push(String(line));
  });
  for (const stream of [process.stdout, process.stderr] as const)
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const output = () => printed.join('\n');

describe('the sofd command', () => {
  it('lists every command in --help and exits with 0', async () => {
    expect(await runProgram(['--help'])).toBe(0);
    for (const name of [
      'doctor',
      'setup',
      'expand',
      'dataset',
      'worker',
      'train',
      'eval',
      'detect',
      'convert',
      'report',
    ])
      expect(output()).toMatch(new RegExp(`^ +${name} `, 'm'));
  });

  it('gives every command --json, --seed, --engine and --quiet', () => {
    const leaves = createProgram().commands.flatMap((command) =>
      command.commands.length > 0 ? command.commands : command,
    );
    for (const command of leaves) {
      const flags = command.options.map(({ long }) => long);
      expect(flags, command.name()).toEqual(expect.arrayContaining(['--json', '--seed', '--engine', '--quiet']));
    }
  });

  it.each([
    [['detonate'], /unknown command/],
    [['doctor', '--sed', '1'], /unknown option.*--sed/s],
    [['doctor', '--seed', 'one'], /expected a number/],
    [['doctor', '--engine', 'abacus'], /Allowed choices/],
    [['setup'], /engine/],
    [['setup', 'abacus'], /Allowed choices are tensorflow/],
    [['setup', 'tensorflow', '--package', 'tfjs'], /Allowed choices are tfjs-node-gpu, tfjs-node/],
    [['expand', '--input', 'photos'], /--output/],
    [['expand', '--input', 'a', '--output', 'b', '--queue', 'redis://c', '--jobs', '2'], /cannot be used with/],
    [['worker'], /--queue/],
    [['worker', '--queue', 'redis://c', '--root', '/shared'], /expected FROM=TO/],
    [['detect', '--model', 'm'], /file/],
  ])('exits with 2 on wrong usage: %j', async (args, reason) => {
    expect(await runProgram(args)).toBe(2);
    expect(output()).toMatch(reason);
  });

  it('writes what doctor found as JSON', async () => {
    const file = join(folder, 'doctor.json');
    expect(await runProgram(['doctor', '--quiet', '--json', file])).toBe(0);
    const report = JSON.parse(await readFile(file, 'utf8')) as DoctorReport;
    expect(report.engines.map(({ name }) => name)).toEqual(['tensorflow', 'native', 'webgpu', 'wasm', 'reference']);
    expect(report.engines.find(({ name }) => name === 'wasm')?.usable).toBe(true);
    for (const { usable, remedy } of [...report.engines]) expect(usable || remedy !== '').toBe(true);
  });
});

describe('a command that cannot do its work', () => {
  it.each([
    ['detect', ['detect', '--model', 'MISSING', 'photo.jpg']],
    ['eval', ['eval', '--model', 'MISSING', '--data', 'MISSING', '--output', 'OUT']],
    ['expand', ['expand', '--input', 'MISSING', '--output', 'OUT', '--engine', 'wasm']],
    ['train', ['train', 'MISSING.json', '--output', 'OUT']],
    ['convert', ['convert', 'MISSING', 'OUT']],
    [
      'report',
      ['report', '--data', 'MISSING', '--run', 'r', '--evaluation', 'e', '--detections', 'd', '--output', 'o'],
    ],
  ])('%s exits with 1 and one sentence, not a stack trace', async (_, args) => {
    const located = args.map((arg) =>
      arg.replace('MISSING', join(folder, 'missing')).replace('OUT', join(folder, 'out')),
    );
    expect(await runProgram(located)).toBe(1);
    const message = printed.find((line) => line.startsWith('sofd: '));
    expect(message).toContain('missing');
    expect(message).not.toMatch(/unexpected|\n\s+at /);
  });

  it('train reports unknown keys of an experiment', async () => {
    const config = join(folder, 'experiment.json');
    await writeFile(config, JSON.stringify({ stepz: 3, data: { folder: 'data' } }));
    expect(await runProgram(['train', config, '--output', join(folder, 'run')])).toBe(1);
    expect(output()).toMatch(/stepz/);
  });

  it('train reads an experiment from a TypeScript module and says which export it misses', async () => {
    const config = join(folder, 'experiment.ts');
    await writeFile(config, 'export const settings: number = 3;\n');
    expect(await runProgram(['train', config, '--output', join(folder, 'run')])).toBe(1);
    expect(output()).toMatch(/export named experiment, got settings/);
  });
});
