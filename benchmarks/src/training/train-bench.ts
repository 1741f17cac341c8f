// `node benchmarks/dist/training/train-bench.js`: a step of `train` and of the same training in PyTorch, in one run.
// `node benchmarks/dist/training/train-bench.js memory`: whether many steps leave anything behind.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faceForensics } from '@sofd/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { findStalePackages } from '../find-stale-packages.js';
import { besidePython, pin } from '../measure/launches.js';
import { cacheFolder } from '../peers/cache-folder.js';
import { providePeer } from '../peers/peers.js';
import { describeProfile } from '../results/profile-text.js';
import { formatNumber } from '../results/table.js';
import { type GroupResult, measureSteps, type Trainer } from './measure-steps.js';
import { measureMemory } from './memory.js';
import { provideTrainingInputs } from './training-inputs.js';
import { createTrainingRows, type EngineName, groupsOf, type TrainingRow } from './training-rows.js';
import {
  rates,
  type TrainingModelName,
  type TrainingProfile,
  type TrainingTask,
  trainingModels,
} from './training-task.js';

interface TrainBenchOptions {
  readonly model: TrainingModelName;
  readonly batch: number;
  readonly only: string;
  readonly rounds: number;
  readonly threads: number;
  readonly engines: readonly EngineName[];
  readonly json?: string;
  readonly profile: boolean;
  readonly install: boolean;
}

const built = fileURLToPath(new URL('.', import.meta.url));
const script = fileURLToPath(new URL('../../src/python/bilevel.py', import.meta.url));
const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));
const log = (line: string) => console.error(line);

const parseCount = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more.');
  return value;
};

const engineNames: readonly string[] = ['native', 'wasm', 'tensorflow'] satisfies EngineName[];

function parseEngines(text: string): readonly string[] {
  const names = text.split(',');
  if (names.every((name) => engineNames.includes(name))) return names;
  throw new InvalidArgumentError(`expected some of ${engineNames.join(', ')}.`);
}

/** How someone of a group is started: `'PyTorch optimised plain'`, `'native bi-level'`. */
function createTrainer(name: string, python: string, shared: Omit<TrainingTask, 'kind'>): Trainer {
  const kind = name.endsWith('plain') ? 'plain' : 'bi-level';
  const task = { ...shared, kind } as const;
  if (name.startsWith('PyTorch')) {
    const flags = [...(kind === 'plain' ? ['--plain'] : []), ...(name.includes('optimised') ? ['--optimised'] : [])];
    return { name, profiled: false, task, launch: pin(python, [script, 'serve', ...flags], shared.threads) };
  }
  const engine = name.split(' ')[0]!;
  const launch = pin(process.execPath, [join(built, 'train-contender.js'), engine], shared.threads);
  return { name, profiled: true, task, launch: engine === 'native' ? besidePython(launch, { path: python }) : launch };
}

const describePhases = ({ phases }: TrainingProfile): readonly string[] => [
  `${formatNumber(Object.values(phases).reduce((sum, time) => sum + time, 0))} ms of a core a step, of which`,
  ...Object.entries(phases).map(([name, time]) => `${formatNumber(time).padStart(8)} ms ${name}`),
];

async function bench(options: TrainBenchOptions): Promise<void> {
  const { model, batch, threads, rounds, engines, only, json } = options;
  const stale = findStalePackages(packages);
  if (stale.length > 0) log(`changed since they were built: ${stale.join(', ')}; pnpm build:js builds them.`);
  const folder = cacheFolder();
  const python = await providePeer('python', folder, { install: options.install, log });
  if ('absent' in python) throw new Error(`bench:train: expected PyTorch to compare with; ${python.absent}`);
  const inputs = await provideTrainingInputs({ model, batch, folder, python: python.path, script });
  const task = { folder: inputs, graph: faceForensics.definition, batch, threads, rates, answerSteps: 2 };
  const groups = engines.flatMap(groupsOf).filter(({ pairings }) => pairings.some(({ name }) => name.includes(only)));
  const results: (GroupResult & { readonly rows: readonly TrainingRow[] })[] = [];
  for (const group of groups) {
    const trainers = group.trainers.map((name) => createTrainer(name, python.path, task));
    const result = await measureSteps(trainers, { rounds, profile: options.profile, log });
    results.push({ ...result, rows: createTrainingRows(group, result.measured, rates) });
  }
  console.log(`${model}, batch ${batch}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${rounds} rounds`);
  print(results);
  if (json) await writeFile(json, `${JSON.stringify({ model, batch, threads, rounds, results }, null, 2)}\n`);
  const rows = results.flatMap((result) => result.rows);
  const wrong = rows.filter(({ comparison }) => comparison && !comparison.equal);
  for (const { name } of wrong)
    log(`${name}: the sides do not compute the same numbers, so that the ratio compares nothing.`);
  // TensorFlow is there where somebody set it up.
  const broken = results.flatMap(({ failures }) => failures).filter(({ name }) => !name.startsWith('tensorflow'));
  if (wrong.length > 0 || broken.length > 0 || rows.length === 0) process.exitCode = 1;
}

function print(results: readonly (GroupResult & { readonly rows: readonly TrainingRow[] })[]): void {
  for (const { rows } of results) for (const { line } of rows) console.log(line);
  const measured = new Map(results.flatMap((result) => result.measured).map((one) => [one.name, one]));
  for (const { name, description } of measured.values()) console.log(`${name}: ${description}`);
  for (const { name, profile } of measured.values())
    if (profile) console.log(['', name, ...describePhases(profile), ...describeProfile(profile)].join('\n'));
  const failures = new Map(results.flatMap((result) => result.failures).map(({ name, reason }) => [name, reason]));
  for (const [name, reason] of failures) console.log(`\nabsent: ${name}: ${reason}`);
}

const program = new Command('bench:train').description(
  'Holds a step of bi-level training against PyTorch, in turns; ratios are theirs / ours: above 1 is faster.',
);
program
  .command('time', { isDefault: true })
  .addOption(new Option('--model <name>', 'what is trained').choices(Object.keys(trainingModels)).default('ViT-B/32'))
  .option('--only <substring>', 'only the groups with a row whose name contains this', '')
  .option('--batch <rows>', 'rows of a batch', parseCount, 8)
  .option('--rounds <count>', 'turns of everyone', parseCount, 5)
  .option('--threads <count>', 'threads of everyone', parseCount, 1)
  .option('--engines <names>', 'of ours, with commas between', parseEngines, ['native', 'tensorflow'])
  .option('--json <file>', 'write the rows and what was measured to this file')
  .option('--profile', 'say where the time of our steps goes', false)
  .option('--no-install', 'do not install PyTorch when it is missing')
  .action(bench);
program
  .command('memory')
  .description('500 steps of a small model with every option on: tensors left behind, growth of heap and memory')
  .addOption(new Option('--engine <name>', 'of ours').choices(engineNames).default('native'))
  .option('--steps <count>', 'of the run', parseCount, 500)
  .action(async (options) => {
    if (!(await measureMemory(options, (line) => console.log(line)))) process.exitCode = 1;
    // Worker threads of an engine would keep the process alive.
    process.exit();
  });
await program.parseAsync();
