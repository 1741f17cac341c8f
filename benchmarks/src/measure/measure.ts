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
  const running: Running<Name>[] = [];
  const failures: { name: Name; reason: string }[] = [];
  try {
    for (const participant of participants) {
      options.log(`starting ${participant.name}`);
      const started = await start(participant, running[0]?.answer);
      if ('reason' in started) failures.push({ name: participant.name, reason: started.reason });
      else running.push(started);
    }
    const peak = await takeTurns(running, options);
    const contenders: Measured<Name>[] = [];
    for (const contender of running) contenders.push(await finish(contender));
    return { contenders, failures, peak };
  } finally {
    for (const { process } of running) await process.stop();
  }
}

interface Running<Name extends string> {
  readonly participant: Participant<Name>;
  readonly process: ContenderProcess;
  readonly description: string;
  readonly answer: readonly number[];
  readonly difference: AnswerDifference;
  readonly rounds: (readonly number[])[];
}

async function start<Name extends string>(
  participant: Participant<Name>,
  expected: readonly number[] | undefined,
): Promise<Running<Name> | { readonly reason: string }> {
  const process = startContender(participant.launch);
  try {
    const { description, answer } = await process.contender.prepare(participant.task);
    const difference = compareAnswers(answer, expected ?? answer);
    return { participant, process, description, answer, difference, rounds: [] };
  } catch (error) {
    await process.stop();
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

async function takeTurns<Name extends string>(
  running: readonly Running<Name>[],
  { rounds, turnMs = 500, meterPeak, log }: MeasureOptions,
): Promise<CorePeak | undefined> {
  const iterations = new Map<Running<Name>, number>();
  for (const contender of running) {
    const times = await contender.process.contender.run(3);
    iterations.set(contender, Math.max(1, Math.min(longestTurn, Math.round(turnMs / Math.min(...times)))));
  }
  let peak: CorePeak | undefined;
  for (let round = 0; round < rounds; round += 1) {
    log(`round ${round + 1} of ${rounds}`);
    const measured = await meterPeak?.();
    if (measured && measured.gflops > (peak?.gflops ?? 0)) peak = measured;
    for (const [place] of running.entries()) {
      const contender = running[(place + round) % running.length]!;
      await sleep(settleMs);
      contender.rounds.push(await contender.process.contender.run(iterations.get(contender)!));
    }
  }
  return peak;
}

async function finish<Name extends string>(running: Running<Name>): Promise<Measured<Name>> {
  const { participant, process, description, difference, rounds } = running;
  const peakMemory = await process.contender.peakMemory();
  const profile = participant.profiled ? { profile: await process.contender.profile(5) } : {};
  return { name: participant.name, description, rounds, peakMemory, difference, ...profile };
}
