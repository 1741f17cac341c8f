import { setTimeout as sleep } from 'node:timers/promises';
import type { Profile, Task } from '../contenders/protocol.js';
import { type AnswerDifference, compareAnswers } from './answers.js';
import { type ContenderProcess, type Launch, startContender } from './contender-process.js';
import type { CorePeak } from './core-peak.js';

/** A contender that takes part. */
export interface Participant<Name extends string> {
  readonly name: Name;
  readonly launch: Launch;
  readonly task: Task;
  /** Whether to ask where its time goes. */
  readonly profiled: boolean;
}

/** What was measured of one contender. */
export interface Measured<Name extends string> {
  readonly name: Name;
  readonly description: string;
  /** Milliseconds of every run, by round. */
  readonly rounds: readonly (readonly number[])[];
  /** MiB */
  readonly peakMemory: number;
  /** To the first of the others that answered. */
  readonly difference: AnswerDifference;
  readonly profile?: Profile;
}

/** What was measured of all of them. */
export interface Measurement<Name extends string> {
  readonly contenders: readonly Measured<Name>[];
  /** Those that failed, and why. */
  readonly failures: readonly { readonly name: Name; readonly reason: string }[];
  /** The best of all rounds: less only says that the core was busy. */
  readonly peak: CorePeak | undefined;
}

/** How a comparison is measured. */
export interface MeasureOptions {
  readonly rounds: number;
  /** A contender's turn lasts about so long, and one run at least. */
  readonly turnMs?: number;
  readonly meterPeak?: (() => Promise<CorePeak>) | undefined;
  log(line: string): void;
}

/** Threads of the last contender go to sleep before the next one's turn. */
const settleMs = 60;
const longestTurn = 50;

/**
 * Lets contenders do the same work in turns: each is started, answers and warms up; then every round gives each a turn, beginning
 * with another one every time, so that what slows the machine down for a while slows all of them down.
 *
 * @param participants - the contenders. The answers of all are compared with that of the first that answers.
 * @param options - how often.
 */
export async function measure<Name extends string>(
  participants: readonly Participant<Name>[],
  options: MeasureOptions,
): Promise<Measurement<Name>> {
  const team = new Map<Name, Running>();
  const failures: { name: Name; reason: string }[] = [];
  /** Whoever fails drops out. */
  const attempt = async <T>(name: Name, call: (running: Running) => Promise<T>): Promise<T | undefined> => {
    const running = team.get(name);
    try {
      return running && (await call(running));
    } catch (error) {
      team.delete(name);
      failures.push({ name, reason: error instanceof Error ? error.message : String(error) });
      await running?.process.stop();
      return undefined;
    }
  };
  try {
    for (const { name, launch, task } of participants) {
      options.log(`starting ${name}`);
      team.set(name, { process: startContender(launch), description: '', answer: [], iterations: 1, rounds: [] });
      await attempt(name, (running) => warmUp(running, task, options));
    }
    const peak = await takeTurns([...team.keys()], attempt, options);
    const first = [...team.values()][0];
    const contenders: Measured<Name>[] = [];
    for (const { name, profiled } of participants.filter(({ name }) => team.has(name))) {
      const measured = await attempt(name, (running) => finish(running, { expected: first!.answer, profiled }));
      if (measured) contenders.push({ name, ...measured });
    }
    return { contenders, failures, peak };
  } finally {
    for (const { process } of team.values()) await process.stop();
  }
}

interface Running {
  readonly process: ContenderProcess;
  description: string;
  answer: readonly number[];
  /** Runs a turn. */
  iterations: number;
  readonly rounds: (readonly number[])[];
}

async function warmUp(running: Running, task: Task, { turnMs = 500 }: MeasureOptions): Promise<void> {
  const { contender } = running.process;
  Object.assign(running, await contender.prepare(task));
  const times = await contender.run(3);
  running.iterations = Math.max(1, Math.min(longestTurn, Math.round(turnMs / Math.min(...times))));
}

async function takeTurns<Name extends string>(
  names: readonly Name[],
  attempt: (name: Name, turn: (running: Running) => Promise<void>) => Promise<void>,
  { rounds, meterPeak, log }: MeasureOptions,
): Promise<CorePeak | undefined> {
  let peak: CorePeak | undefined;
  for (let round = 0; round < rounds; round += 1) {
    log(`round ${round + 1} of ${rounds}`);
    const measured = await meterPeak?.();
    if (measured && measured.gflops > (peak?.gflops ?? 0)) peak = measured;
    for (const [place] of names.entries()) {
      const name = names[(place + round) % names.length]!;
      await sleep(settleMs);
      await attempt(name, async ({ process, iterations, rounds }) => {
        rounds.push(await process.contender.run(iterations));
      });
    }
  }
  return peak;
}

async function finish(
  { process: { contender }, description, answer, rounds }: Running,
  { expected, profiled }: { readonly expected: readonly number[]; readonly profiled: boolean },
): Promise<Omit<Measured<string>, 'name'>> {
  const peakMemory = await contender.peakMemory();
  const profile = profiled ? { profile: await contender.profile(5) } : {};
  return { description, rounds, peakMemory, difference: compareAnswers(answer, expected), ...profile };
}
