import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@sofd/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  experiments,
  fillDisk,
  freeDisk,
  hashRun,
  isBuilt,
  run,
  skipReason,
  start,
  succeed,
  waitForChanges,
  waitForSteps,
} from './command.js';

if (skipReason) process.stderr.write(`sofd train interrupted${skipReason}\n`);

const kills = 20;
const steps = 24;
let folder: string;
/** Files of a run that nothing disturbed. */
let expected: Record<string, string>;

const at = (...names: string[]) => join(folder, ...names);
const argsOf = (output: string) => ['train', at('short.json'), '--output', output, '--resume'];

beforeAll(async () => {
  if (!isBuilt) return;
  folder = mkdtempSync(join(tmpdir(), 'sofd-training-'));
  await succeed(['train', join(experiments, 'smoke.ts'), '--output', at('smoke')]);
  const experiment = {
    name: 'short',
    model: 'tiny',
    data: { folder: 'smoke/dataset' },
    ...{ steps, batchSize: 8, validateEvery: 4, saveEvery: 2, keepBest: 2, emaDecay: 0.8, accumulate: 2 },
  };
  writeFileSync(at('short.json'), JSON.stringify(experiment));
  await succeed(argsOf(at('undisturbed')));
  expected = hashRun(at('undisturbed'));
}, 300_000);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isBuilt)(`sofd train${skipReason}`, () => {
  test('the smoke experiment leaves a model, its state and reports, and the same bytes a second time', async () => {
    await succeed(['train', join(experiments, 'smoke.ts'), '--output', at('again')]);
    const files = hashRun(at('again'));
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['model.safetensors', 'manifest.json', 'state.safetensors', 'metrics.jsonl']),
    );
    expect(files).toEqual(hashRun(at('smoke')));
    expect(readFileSync(at('again', 'report.html'), 'utf8')).toContain('</html>');
    expect(await run(['train', join(experiments, 'smoke.ts'), '--output', at('again')])).toMatchObject({ code: 1 });
    expect(await succeed(['train', join(experiments, 'smoke.ts'), '--output', at('again'), '--resume'])).toMatch(
      /Nothing to do: .* is finished/,
    );
  }, 300_000);

  test(`killed at ${kills} random moments and continued, makes the bytes of an undisturbed run`, async () => {
    const random = createRandom('kill a training run');
    let killed = 0;
    let completed = 0;
    for (let index = 0; index < kills; index++) {
      const stream = random.split(index);
      const running = start(argsOf(at('killed')));
      // Some while it starts, most while it trains or writes its results: records are a clock that goes with the machine.
      const changes = stream.integer(7);
      await waitForChanges(at('killed'), changes, running);
      await Promise.race([running.done, sleep(stream.uniformBetween(0, changes === 0 ? 3000 : 150))]);
      running.kill('SIGKILL');
      const { signal, output } = await running.done;
      if (signal === 'SIGKILL') killed++;
      else {
        // It was over before its moment: what it made must be right, and the remaining kills start anew.
        expect(hashRun(at('killed')), output).toEqual(expected);
        rmSync(at('killed'), { recursive: true });
        completed++;
      }
    }
    process.stderr.write(`sofd train: ${killed} of ${kills} kills hit; ${completed} runs were over before\n`);
    expect(killed).toBeGreaterThanOrEqual(kills / 2);
    await succeed(argsOf(at('killed')));
    expect(hashRun(at('killed'))).toEqual(expected);
  }, 600_000);

  test.each(['SIGINT', 'SIGTERM'] as const)('on %s it saves its state, says how to go on, and does', async (signal) => {
    const output = at(signal);
    const running = start(argsOf(output));
    await waitForSteps(output, 5, running);
    running.kill(signal);
    const ending = await running.done;
    expect(ending.code, ending.output).toBe(1);
    expect(ending.output).toMatch(
      /sofd: train: expected 24 steps, got a signal to stop; the state after step \d+ is in/,
    );
    expect(ending.output).toMatch(/go on with the same command and --resume/);
    expect(ending.output).not.toMatch(/\n\s+at /);
    expect(readFileSync(join(output, 'report.html'), 'utf8')).toContain('</html>');
    await succeed(argsOf(output));
    expect(hashRun(output)).toEqual(expected);
  });

  test('on a full disk it says so, keeps the last state, and goes on once there is room', async (context) => {
    const disk = at('disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch (error) {
      process.stderr.write(`sofd train on a full disk (skipped: no file system can be mounted: ${String(error)})\n`);
      context.skip();
    }
    try {
      const output = join(disk, 'run');
      const running = start(argsOf(output));
      await waitForSteps(output, 5, running);
      fillDisk(join(disk, 'filler'));
      const ending = await running.done;
      expect(ending.code, ending.output).toBe(1);
      expect(ending.output).toMatch(
        /expected room on the disk of .*run, got none; the state after step \d+ is in .*, whole/,
      );
      freeDisk(join(disk, 'filler'));
      await succeed(argsOf(output));
      expect(hashRun(output)).toEqual(expected);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('a diverged loss names the files of the batch and the state before', async () => {
    const { code, output } = await run([...argsOf(at('diverged')), '--learning-rate', '1e38']);
    expect(code).toBe(1);
    expect(output).toMatch(/expected finite losses in step \d+, got .* for the batch train\/[\w-]+\.png, train\//);
    expect(output).toMatch(/the state after step \d+ is in .*diverged/);
  });
});
