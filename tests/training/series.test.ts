import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeriesSummary } from '@sofd/cli';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { experiments, hashRun, isBuilt, run, skipReason, succeed } from './command.js';

if (skipReason) process.stderr.write(`sofd train, series${skipReason}\n`);

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const readJson = <T>(...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8')) as T;

const short = `{ name: 'short', model: 'tiny', data: { folder: 'first/dataset' }, steps: 4, batchSize: 8, validateEvery: 2 }`;

beforeAll(async () => {
  if (!isBuilt) return;
  folder = mkdtempSync(join(tmpdir(), 'sofd-series-'));
  const smoke = join(experiments, 'smoke.ts');
  await succeed(['train', smoke, '--output', at('first'), '--steps', '2', '--set', 'validateEvery=2']);
  const head = `import { defineExperiment, equal } from '@sofd/trainer';\nexport const experiment = defineExperiment(${short});\n`;
  writeFileSync(at('multitask.ts'), head);
  writeFileSync(
    at('single.ts'),
    `${head}export const overrides = {
  weighting: { ...equal(), name: 'primary-only', weights: () => [1, 0, 0] },
  evaluate: (logits: Float32Array, set: { size: number }) => ({ rows: set.size, values: logits.length }),
};\n`,
  );
}, 300_000);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isBuilt)(`sofd train${skipReason}`, () => {
  test('--seeds trains each seed, skips finished ones, and gives the mean on the test people', async () => {
    const args = ['train', at('multitask.ts'), '--seeds', '2', '--output', at('seeds')];
    const output = await succeed(args);
    const { experiments: all, people, differences } = readJson<SeriesSummary>('seeds', 'seeds.json');
    expect(all).toHaveLength(1);
    expect(all[0]!.runs.map(({ seed }) => seed)).toEqual([0, 1]);
    expect(all[0]!.auc).toBeCloseTo((all[0]!.runs[0]!.auc + all[0]!.runs[1]!.auc) / 2, 12);
    expect(all[0]!.seedInterval).not.toBeNull();
    expect(people).toBeGreaterThan(1);
    expect(differences).toEqual([]);
    expect(output).toMatch(/95 % by people/);
    expect(hashRun(at('seeds', 'seed-0'))).not.toEqual(hashRun(at('seeds', 'seed-1')));
    const again = await succeed([...args, '--resume']);
    expect(again.match(/Nothing to do/g)).toHaveLength(2);
    expect((await run(args)).code).toBe(1);
  }, 300_000);

  test('--compare trains on the same data and seeds and gives the paired difference', async () => {
    const files = [at('single.ts'), at('multitask.ts')];
    await succeed(['train', '--compare', ...files, '--output', at('both')]);
    const summary = readJson<SeriesSummary>('both', 'comparison.json');
    const [single, multitask] = summary.experiments;
    expect([single!.experiment, multitask!.experiment]).toEqual(['single', 'multitask']);
    const [difference] = summary.differences;
    expect(difference).toMatchObject({ experiment: 'multitask', against: 'single', seedInterval: null });
    expect(difference!.auc).toBeCloseTo(multitask!.auc - single!.auc, 12);
    expect(readFileSync(at('both', 'comparison.html'), 'utf8')).toMatch(/multitask - single/);
    const records = readFileSync(at('both', 'single', 'seed-0', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const last = JSON.parse(records.at(-1)!) as { taskWeights: unknown; validation: Record<string, number> };
    expect(last.taskWeights).toEqual({ primary: 1, global: 0, local: 0 });
    expect(last.validation).toMatchObject({ rows: expect.any(Number), values: expect.any(Number) });
    expect(readJson('both', 'single', 'seed-0', 'run.json')).toMatchObject({
      overrides: { weighting: 'primary-only', evaluate: 'evaluate' },
    });
  }, 300_000);

  test('the published recipe runs, here on a tiny model', async () => {
    const output = await succeed([
      ...['train', join(experiments, 'official.ts'), '--output', at('official'), '--steps', '2'],
      ...['--set', 'model=tiny', '--set', 'initialCheckpoint=null', '--set', `data.folder=${at('first', 'dataset')}`],
    ]);
    expect(output).toMatch(/2 steps on wasm/);
    const experiment = readJson<Record<string, unknown>>('official', 'experiment.json');
    expect(experiment).toMatchObject({ steps: 2, data: { heldOut: 'reshuffle', augment: 'corruptions' } });
    expect(experiment).not.toHaveProperty('epochs');
  });

  test.each([
    [['single.ts', '--set', 'earlyStop.patince=3'], /earlyStop\.patince: unknown key \(did you mean patience\?\)/],
    [['single.ts', '--set', 'data.augmentt=none'], /augmentt: unknown key \(did you mean augment\?\)/],
    [['single.ts', '--set', 'epochs'], /expected key\.path=value, got epochs/],
    [['single.ts', '--weighting', 'equall'], /weighting/],
    [['single.ts', '--set', 'monitor=auc/eyes'], /expected the validation metric auc\/eyes/],
    [['single.ts', 'multitask.ts'], /expected one experiment file, or --compare and several, got 2/],
  ])('%j is refused', async ([file, ...rest], reason) => {
    const others = rest.map((one) => (one.endsWith('.ts') ? at(one) : one));
    const { code, output } = await run(['train', at(file!), ...others, '--output', at('refused')]);
    expect(code).toBe(1);
    expect(output).toMatch(reason);
    rmSync(at('refused'), { recursive: true, force: true });
  });
});
