import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { copySamplePhotos } from './sample-photos.js';

const cli = fileURLToPath(new URL('../../packages/cli', import.meta.url));
const isBuilt = existsSync(join(cli, 'dist/workers/expand-worker.js'));
const hasRedis = ['redis-server', 'redis-cli'].every((name) => spawnSync(name, ['--version']).status === 0);
const missing = [
  ...(isBuilt ? [] : ['the command is not built; pnpm build:js']),
  ...(hasRedis ? [] : ['no Redis here']),
];
const reason = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')})`;
if (reason) process.stderr.write(`sofd expand --queue${reason}\n`);

let folder: string;
let server: ChildProcess | undefined;
let port: number;
const running = new Set<ChildProcess>();

const findFreePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject()));
    });
  });

const redis = (...args: string[]): string[] =>
  execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
const count = (list: string) => Number(redis('llen', `sofd:expand:${list}`)[0]);
/** Keys of jobs: what is kept for the queue as a whole, and what expires by itself in seconds, is none. */
const listJobKeys = () => redis('keys', 'sofd:*').filter((key) => !/:(meta|id|events|marker|stalled-check)$/.test(key));

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`expected ${what} within a minute`);
    await sleep(20);
  }
}

interface Command {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  printed(): string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

function sofd(...args: string[]): Command {
  const child = spawn(process.execPath, [join(cli, 'bin/sofd.js'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.on('exit', (code, signal) => {
      running.delete(child);
      resolve(signal ?? code);
    }),
  );
  return { child, printed: () => text, ended };
}

const url = () => `redis://127.0.0.1:${port}`;
const expand = (output: string, ...more: string[]) =>
  sofd(
    'expand',
    ...['--input', join(folder, 'photos'), '--output', join(folder, output)],
    ...['--per-face', '1', '--engine', 'wasm', ...more],
  );
const worker = (...more: string[]) => sofd('worker', '--queue', url(), '--jobs', '1', ...more);

function hashFiles(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  return Object.fromEntries(files.sort().map((file) => [relative(path, file), hash(file)]));
}

beforeAll(async () => {
  if (reason) return;
  folder = mkdtempSync(join(tmpdir(), 'sofd-queue-'));
  mkdirSync(join(folder, 'redis'));
  copySamplePhotos(join(folder, 'photos'));
  port = await findFreePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', join(folder, 'redis'), '--save', ''];
  server = spawn('redis-server', args, { stdio: 'ignore' });
  await until(() => spawnSync('redis-cli', ['-p', String(port), 'ping']).stdout.includes('PONG'), 'a Redis server');
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  if (server !== undefined) redis('flushall');
});

afterAll(() => {
  server?.kill('SIGKILL');
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(reason !== '')(`sofd expand --queue${reason}`, () => {
  test('with two workers, one of them killed: nothing lost, nothing twice, the bytes of one process', async () => {
    expect(await expand('alone', '--jobs', '1').ended).toBe(0);
    symlinkSync(folder, `${folder}-elsewhere`);
    try {
      const run = expand('queued', '--queue', url());
      const doomed = worker();
      const survivor = worker('--root', `${folder}=${folder}-elsewhere`, '--json', join(folder, 'worker.json'));
      await until(() => count('active') === 2, 'a job at each worker');
      doomed.child.kill('SIGKILL');
      expect(await doomed.ended).toBe('SIGKILL');
      expect(count('active')).toBe(2);
      expect(await run.ended, run.printed()).toBe(0);
      survivor.child.kill('SIGINT');
      expect(await survivor.ended, survivor.printed()).toBe(0);
      expect(run.printed()).toMatch(/1 worker, finding faces/);
    } finally {
      rmSync(`${folder}-elsewhere`);
    }
    const expected = hashFiles(join(folder, 'alone'));
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    expect(hashFiles(join(folder, 'queued'))).toEqual(expected);
    const metadata = readFileSync(join(folder, 'queued/metadata.jsonl'), 'utf8').trim().split('\n');
    const ids = metadata.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(new Set(ids).size).toBe(ids.length);
    // Two photographs and seven faces: the survivor did the job of the other one, and each of its own once.
    expect(JSON.parse(readFileSync(join(folder, 'worker.json'), 'utf8'))).toEqual({
      done: 9,
      failed: 0,
      handedBack: 0,
    });
    expect(listJobKeys()).toEqual([]);
  }, 180_000);

  test('hands jobs back where a worker cannot do them or is stopped, and takes them out when the run is', async () => {
    const run = expand('stopped', '--queue', url());
    await until(() => run.printed().includes('No worker is connected'), 'a message that there is no worker');
    const blind = worker('--root', `${folder}=${folder}/nowhere`);
    const message = new RegExp(`expected to see ${folder}/nowhere/.*no such file.*--root`);
    await until(() => message.test(run.printed()), 'the reason at the coordinator');
    expect(blind.printed()).toMatch(message);
    blind.child.kill('SIGINT');
    expect(await blind.ended).toBe(0);
    const interrupted = worker();
    await until(() => count('active') === 1, 'a job at the worker');
    interrupted.child.kill('SIGINT');
    expect(await interrupted.ended).toBe(0);
    expect(interrupted.printed()).toMatch(/Did 0 jobs; 0 attempts failed, 1 were handed back/);
    expect(count('active')).toBe(0);
    expect(listJobKeys()).not.toEqual([]);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(1);
    expect(listJobKeys()).toEqual([]);
  });

  test('ends with the error of a job that fails each time', async () => {
    const run = expand('broken', '--queue', url());
    await until(() => count('wait') > 0, 'jobs in the queue');
    const partial = join(folder, '.broken.partial');
    writeFileSync(join(partial, readdirSync(partial)[0]!, 'recipe.json'), 'no JSON');
    const failing = worker('--json', join(folder, 'failing.json'));
    expect(await run.ended).toBe(1);
    expect(run.printed()).toMatch(
      /expand: expected to finish finding faces in sample\d\.jpg, got: .*JSON.*\(worker on /,
    );
    // The other job may still be at the worker.
    expect(count('wait')).toBe(0);
    failing.child.kill('SIGINT');
    expect(await failing.ended).toBe(0);
    const { done, failed } = JSON.parse(readFileSync(join(folder, 'failing.json'), 'utf8'));
    expect(done).toBe(0);
    expect(failed).toBeGreaterThanOrEqual(3);
  });

  test('says within seconds that there is no Redis', async () => {
    const nobody = `redis://user:secret@127.0.0.1:${await findFreePort()}`;
    const start = performance.now();
    for (const command of [expand('none', '--queue', nobody), sofd('worker', '--queue', nobody)]) {
      expect(await command.ended).toBe(1);
      expect(command.printed()).toMatch(/queue: expected a Redis server at redis:\/\/127.*ECONNREFUSED.*redis-server/);
      expect(command.printed()).not.toContain('secret');
    }
    // Both start at once; one connection may take 5 s, and starting Node on a busy machine a few more.
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
