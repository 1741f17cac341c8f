import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../packages/cli', import.meta.url));

/** The experiments of the repository. */
export const experiments = fileURLToPath(new URL('../../experiments', import.meta.url));

/** Whether the command can be run. */
export const isBuilt = existsSync(join(cli, 'dist/bin.js'));

/** Says so where it cannot; empty otherwise. */
export const skipReason = isBuilt ? '' : ' (skipped: the command is not built; pnpm build:js)';

/** How a command ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All that it printed. */
  readonly output: string;
}

/** A command that runs. */
export interface Running {
  readonly done: Promise<Ending>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `sofd` on one engine. */
export function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(cli, 'bin/sofd.js'), ...args, '--engine', 'wasm'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const done = new Promise<Ending>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })));
  return { done, kill: (signal) => void child.kill(signal) };
}

/** Runs `sofd` to its end. */
export const run = (args: readonly string[]): Promise<Ending> => start(args).done;

/** Runs `sofd`, which must succeed. */
export async function succeed(args: readonly string[]): Promise<string> {
  const { code, output } = await run(args);
  if (code !== 0) throw new Error(`sofd ${args.join(' ')}: ${code}\n${output}`);
  return output;
}

/** Steps whose records a run folder has: a clock that does not depend on the machine's speed. */
function countSteps(folder: string): number {
  try {
    return readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

/** Waits until a run has recorded so many steps, or has ended. */
export async function waitForSteps(folder: string, steps: number, { done }: Running): Promise<void> {
  let running = true;
  void done.then(() => {
    running = false;
  });
  while (running && countSteps(folder) < steps) await sleep(2);
}

/** Waits until a run has changed its records so many times since it was started, or has ended. */
export async function waitForChanges(folder: string, changes: number, { done }: Running): Promise<void> {
  let running = true;
  void done.then(() => {
    running = false;
  });
  const look = () => {
    const found = statSync(join(folder, 'metrics.jsonl'), { throwIfNoEntry: false });
    return `${found?.size} ${found?.mtimeMs}`;
  };
  let before = look();
  for (let seen = 0; running && seen < changes; await sleep(1)) {
    const now = look();
    if (now !== before) seen++;
    before = now;
  }
}

const listFiles = (path: string): string[] => {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

/** Digests of all that must not depend on interruptions: weights, records, state, best checkpoints. */
export function hashRun(folder: string): Record<string, string> {
  const kept = ['model.safetensors', 'manifest.json', 'metrics.jsonl', 'state.safetensors', 'best'];
  const files = kept.flatMap((name) => listFiles(join(folder, name))).sort();
  return Object.fromEntries(
    files.map((file) => [relative(folder, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

/** Writes on until the disk is full. */
export function fillDisk(file: string): void {
  const block = Buffer.alloc(64 * 1024);
  for (let size = block.length; size > 0; ) {
    try {
      writeFileSync(file, block.subarray(0, size), { flag: 'a' });
    } catch {
      size = Math.floor(size / 2);
    }
  }
}

/** Removes what {@link fillDisk} wrote. */
export const freeDisk = (file: string): void => rmSync(file);
