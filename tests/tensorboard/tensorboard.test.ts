import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encodeTensorBoardFile, type StepRecord, toTensorBoardScalars } from '@sofd/trainer';
import { openTensorBoardLog } from '@sofd/trainer/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('read-events.py', import.meta.url));
const python = process.env.SOFD_TENSORBOARD_PYTHON ?? 'python3';
const hasTensorBoard =
  spawnSync(python, ['-c', 'from tensorboard.backend.event_processing import event_accumulator']).status === 0;
const reason = hasTensorBoard
  ? ''
  : ` (skipped: ${python} has no tensorboard; SOFD_TENSORBOARD_PYTHON names an interpreter that has)`;
if (reason) process.stderr.write(`Event files in TensorBoard${reason}\n`);

/** What TensorBoard sees. */
interface Seen {
  readonly fileVersion: number;
  readonly firstTime: number;
  /** Steps and values by tag. */
  readonly scalars: Record<string, [number, number][]>;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sofd-tensorboard-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function readByTensorBoard(): Seen {
  const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Seen;
}

const recordOf = (step: number): StepRecord => ({
  step,
  epoch: Math.floor(step / 10),
  losses: { primary: 1 / step, global: Math.sin(step), local: 1e-30 * step },
  taskWeights: { primary: 1, global: 1 - step / 100, local: 2 ** -step },
  learningRate: 1e-3 / step,
  gradientNorm: 1e5 / step,
  ...(step % 10 === 0
    ? { validation: { auc: 1 - 1 / step, 'auc/physical inconsistency': 0.5, 'auc/Auge ü': 0.25 } }
    : {}),
});
const steps = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => recordOf(from + index));

function expected(records: readonly StepRecord[]): Seen['scalars'] {
  const scalars: Seen['scalars'] = {};
  for (const record of records)
    for (const [tag, value] of Object.entries(toTensorBoardScalars(record))) {
      scalars[tag] ??= [];
      scalars[tag].push([record.step, Math.fround(value)]);
    }
  return scalars;
}

async function log(records: readonly StepRecord[], resumeFrom: number): Promise<string> {
  const opened = await openTensorBoardLog(folder, { resumeFrom });
  for (const record of records) opened.append(record);
  await opened.close();
  return opened.file;
}

describe.skipIf(!hasTensorBoard)(
  `event files in TensorBoard${reason}`,
  () => {
    test('have the tags, steps and values of the run', async () => {
      await log(steps(1, 40), 0);
      const seen = readByTensorBoard();
      expect(seen.fileVersion).toBe(2);
      expect(Math.abs(seen.firstTime - Date.now() / 1000)).toBeLessThan(120);
      expect(seen.scalars).toEqual(expected(steps(1, 40)));
    });

    test('have every step once after a resumption', async () => {
      await log(steps(1, 25), 0);
      await log(steps(21, 40), 20);
      expect(readByTensorBoard().scalars).toEqual(expected(steps(1, 40)));
    });

    test('are read as a kill left them, and whole once the run went on', async () => {
      const file = await log(steps(1, 12), 0);
      truncateSync(file, statSync(file).size - 7);
      expect(readByTensorBoard().scalars).toEqual(expected(steps(1, 11)));
      appendFileSync(file, 'dirt');
      await log(steps(11, 15), 10);
      expect(readByTensorBoard().scalars).toEqual(expected(steps(1, 15)));
    });

    test('are followed by a TensorBoard that is open while the run is killed and resumed', async () => {
      await log(steps(1, 12), 0);
      const reader = spawn(python, [script, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
      const lines = createInterface(reader.stdout)[Symbol.asyncIterator]();
      const readNext = async () => (JSON.parse((await lines.next()).value ?? '{}') as Seen).scalars;
      expect(await readNext()).toEqual(expected(steps(1, 12)));
      await log(steps(11, 11), 10);
      reader.stdin.write('\n');
      expect(await readNext()).toEqual(expected(steps(1, 12)));
      await log(steps(12, 20), 11);
      reader.stdin.end('\n');
      expect(await readNext()).toEqual(expected(steps(1, 20)));
    });

    test('are read as a page makes them', () => {
      writeFileSync(join(folder, 'events.out.tfevents.0000000000.page'), encodeTensorBoardFile(steps(1, 3)));
      expect(readByTensorBoard().scalars).toEqual(expected(steps(1, 3)));
    });
  },
  120_000,
);
