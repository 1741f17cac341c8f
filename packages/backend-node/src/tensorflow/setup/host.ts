import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parse } from 'node:path';
import { AbortedError } from '@sofd/core';

/** How a program ended. */
export interface CommandResult {
  /** 0 is success; undefined when the program could not be started or was killed. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link Host.run}. */
export interface RunOptions {
  /** Set in addition to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the program. */
  readonly signal?: AbortSignal | undefined;
}

/** What the set-up asks of the machine. Tests give another one. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** As Node names it: `'x64'`, `'arm64'`. */
  readonly architecture: string;
  /** The version of glibc that runs; undefined on systems with another C library. */
  readonly glibc: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  exists(path: string): boolean;
  /**
   * Runs a program to its end, however it ends.
   *
   * @throws AbortedError when the signal stops it.
   */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<CommandResult>;
}

/** The machine that this process runs on. */
export const thisHost = (): Host => ({
  platform: process.platform,
  architecture: process.arch,
  glibc: readGlibcVersion(),
  env: process.env,
  exists: existsSync,
  run: runProgram,
});

function readGlibcVersion(): string | undefined {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}

function runProgram(command: string, args: readonly string[], { env, signal }: RunOptions = {}) {
  return new Promise<CommandResult>((resolve, reject) => {
    const output = { stdout: '', stderr: '' };
    // From the root folder: Python would take a folder of the working directory that is named tensorflow for the package.
    const child = spawn(command, args, { cwd: parse(process.cwd()).root, env: { ...process.env, ...env }, signal });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    }
    child.on('error', (error) => {
      if (signal?.aborted) reject(new AbortedError(`${command}: stopped before its end.`, { cause: error }));
      else resolve({ status: undefined, ...output, stderr: output.stderr || error.message });
    });
    child.on('close', (status) => resolve({ status: status ?? undefined, ...output }));
  });
}
