import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Contender, Prepared, Profile, Response, Task } from '../contenders/protocol.js';

/** How a contender's process is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A contender in a process of its own. */
export interface ContenderProcess<Given = Task, Answered = Prepared, Profiled = Profile> {
  readonly contender: Required<Contender<Given, Answered, Profiled>>;
  /** Ends the process. */
  stop(): Promise<void>;
}

const timeoutMs = 600_000;
/** As much of the last chatter as an error message takes. */
const keptChatter = 2000;

/** Starts a contender. It serves requests, a line of JSON each, on stdin. */
export function startContender<Given = Task, Answered = Prepared, Profiled = Profile>({
  command,
  args,
  env,
}: Launch): ContenderProcess<Given, Answered, Profiled> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const nextResponse = readResponses(child);
  const call =
    (name: keyof Contender) =>
    async (argument?: unknown): Promise<unknown> => {
      const response = nextResponse();
      child.stdin.write(`${JSON.stringify({ call: name, with: argument })}\n`);
      const answer = await response;
      if ('error' in answer) throw new Error(`${name}: ${answer.error}`);
      return answer.result;
    };
  const contender = Object.fromEntries(
    (['prepare', 'run', 'peakMemory', 'profile'] as const).map((name) => [name, call(name)]),
  ) as unknown as Required<Contender<Given, Answered, Profiled>>;
  return {
    contender,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** The next line that is a response; rejects when the process ends or takes too long. One request is under way at a time. */
function readResponses(child: ChildProcess): () => Promise<Response> {
  let chatter = '';
  let waiting: { resolve(response: Response): void; reject(error: Error): void } | undefined;
  const keep = (text: string) => {
    chatter = `${chatter}${text}`.slice(-keptChatter);
  };
  const fail = (why: string) => waiting?.reject(new Error(`${why}\n${chatter}`.trim()));
  child.stderr!.setEncoding('utf8').on('data', keep);
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (/^\{"(result|error)":/.test(line)) waiting?.resolve(JSON.parse(line));
    else keep(`${line}\n`);
  });
  child.stdin!.on('error', () => undefined);
  child.once('error', (error) => fail(error.message));
  child.once('close', (status, signal) => fail(`the process ended (${signal ?? status})`));
  return () =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        fail(`no answer within ${timeoutMs / 1000} s`);
        child.kill('SIGKILL');
      }, timeoutMs);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          waiting = undefined;
          then(value);
        };
      if (child.exitCode !== null) reject(new Error(`the process ended (${child.exitCode})\n${chatter}`));
      waiting = { resolve: settle(resolve), reject: settle(reject) };
    });
}
