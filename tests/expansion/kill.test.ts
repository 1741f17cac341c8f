import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '@sofd/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copySamplePhotos } from './sample-photos.js';

const cli = fileURLToPath(new URL('../../packages/cli', import.meta.url));
const isBuilt = existsSync(join(cli, 'dist/workers/expand-worker.js'));
const reason = isBuilt ? '' : ' (skipped: the command is not built; pnpm build:js)';
if (reason) process.stderr.write(`sofd expand killed${reason}\n`);

const kills = 20;
let folder: string;

function listFiles(path: string): string[] {
  try {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => relative(path, join(entry.parentPath, entry.name)));
  } catch {
    // The folder is not there yet, or was renamed while it was read.
    return [];
  }
}

function hashFiles(path: string): Record<string, string> {
  const hash = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(path, file)))
      .digest('hex');
  return Object.fromEntries(
    listFiles(path)
      .sort()
      .map((file) => [file, hash(file)]),
  );
}

/** Files that jobs have left: a clock that goes on over all runs and does not depend on the machine's speed. */
const countProgress = (output: string) =>
  listFiles(join(folder, `.${output}.partial`)).filter((file) => !file.includes('/tmp/')).length;

/** When a run is killed. */
interface Moment {
  /** Once so many files are there, */
  readonly files: number;
  /** and so much later. */
  readonly delayMs: number;
}

/** Runs the command, to its end or to a moment; says whether it was killed, and the most files that were seen. */
async function expand(output: string, moment: Moment | null): Promise<{ killed: boolean; files: number }> {
  const args = ['--input', join(folder, 'photos'), '--output', join(folder, output), '--per-face', '2'];
  const child = spawn(
    process.execPath,
    [join(cli, 'bin/sofd.js'), 'expand', ...args, '--engine', 'wasm', '--jobs', '2', '--quiet'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) =>
    child.on('exit', (code, signal) => (code === 0 || signal ? resolve(signal) : reject(new Error(errors)))),
  );
  let running = true;
  const done = ended.finally(() => {
    running = false;
  });
  let files = 0;
  while (running) {
    files = Math.max(files, countProgress(output));
    if (moment !== null && files >= moment.files) {
      await Promise.race([done, sleep(moment.delayMs)]);
      child.kill('SIGKILL');
      break;
    }
    await Promise.race([done, sleep(2)]);
  }
  return { killed: (await done) === 'SIGKILL', files };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sofd-kill-'));
  copySamplePhotos(join(folder, 'photos'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isBuilt)(`sofd expand${reason}`, () => {
  test(`killed at ${kills} random moments and continued, makes the bytes of an undisturbed run`, async () => {
    const { files } = await expand('undisturbed', null);
    const expected = hashFiles(join(folder, 'undisturbed'));
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    const random = createRandom('kill');
    const moments = Array.from({ length: kills }, (_, i): Moment => {
      const stream = random.split(i);
      return { files: stream.integer(files + 1), delayMs: stream.uniformBetween(0, 200) };
    }).sort((a, b) => a.files - b.files);
    let killed = 0;
    for (const moment of moments) {
      const run = await expand('killed', moment);
      if (run.killed) killed++;
      else {
        // It was over before its moment: what it made must be right, and the remaining kills start anew.
        expect(hashFiles(join(folder, 'killed'))).toEqual(expected);
        rmSync(join(folder, 'killed'), { recursive: true });
      }
    }
    // Moments at the very end may come too late.
    expect(killed).toBeGreaterThanOrEqual(kills - 3);
    await expand('killed', null);
    expect(hashFiles(join(folder, 'killed'))).toEqual(expected);
    expect(readdirSync(folder).sort()).toEqual(['killed', 'photos', 'undisturbed']);
  }, 600_000);
});
