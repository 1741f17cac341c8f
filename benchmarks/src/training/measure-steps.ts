import { setTimeout as sleep } from 'node:timers/promises';
import { type ContenderProcess, type Launch, startContender } from '../measure/contender-process.js';
import type { StepNumbers, TrainingAnswer, TrainingProfile, TrainingTask } from './training-task.js';

/** Someone who trains a model. */
export interface Trainer {
  readonly name: string;
  readonly launch: Launch;
  readonly task: TrainingTask;
  /** Whether to ask where its time goes. */
  readonly profiled: boolean;
}

/** What was measured of a trainer. */
export interface MeasuredTrainer {
  readonly name: string;
  readonly description: string;
  /** The numbers of its first steps. */
  readonly answer: readonly StepNumbers[];
  /** Milliseconds of a core's time a step, by round. */
  readonly rounds: readonly number[];
  /** MiB */
  readonly peakMemory: number;
  readonly profile?: TrainingProfile;
}

/** What taking turns gave. */
export interface GroupResult {
  readonly measured: readonly MeasuredTrainer[];
  /** Those that could not be started, and why. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

type TrainerProcess = ContenderProcess<TrainingTask, TrainingAnswer, TrainingProfile>;

interface Running extends TrainingAnswer {
  readonly trainer: Trainer;
  readonly process: TrainerProcess;
  /** Steps of a turn. */
  readonly iterations: number;
  readonly rounds: number[];
}

/** A turn lasts about so long, and one step at least. */
const turnMs = 1000;
const longestTurn = 50;
/** Threads of the last go to sleep before the next one's turn. */
const settleMs = 60;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function start(trainer: Trainer): Promise<Running> {
  const process: TrainerProcess = startContender(trainer.launch);
  try {
    const { description, answer } = await process.contender.prepare(trainer.task);
    const [time = turnMs] = await process.contender.run(1);
    const iterations = Math.max(1, Math.min(longestTurn, Math.round(turnMs / time)));
    return { trainer, process, description, answer, iterations, rounds: [] };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

async function finish({ trainer, process, ...rest }: Running, profile: boolean): Promise<MeasuredTrainer> {
  const { description, answer, rounds, iterations } = rest;
  const peakMemory = await process.contender.peakMemory();
  const asked = profile && trainer.profiled;
  const profiled = asked ? { profile: await process.contender.profile(Math.min(5, iterations)) } : {};
  return { name: trainer.name, description, answer, rounds, peakMemory, ...profiled };
}

/**
 * Lets trainers take steps in turns, beginning with another one every round. Those that cannot be started drop out; when it is
 * the first, there is nothing to measure.
 *
 * @param trainers - who; each in a process of its own, all of them alive at once
 * @param options - how often
 */
export async function measureSteps(
  trainers: readonly Trainer[],
  { rounds, profile, log }: { readonly rounds: number; readonly profile: boolean; log(line: string): void },
): Promise<GroupResult> {
  const team: Running[] = [];
  const failures: { name: string; reason: string }[] = [];
  try {
    for (const trainer of trainers) {
      log(`starting ${trainer.name}`);
      try {
        team.push(await start(trainer));
      } catch (error) {
        failures.push({ name: trainer.name, reason: error instanceof Error ? error.message : String(error) });
        if (team.length === 0) return { measured: [], failures };
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const [place] of team.entries()) {
        const { trainer, process, iterations, rounds: own } = team[(place + round) % team.length]!;
        await sleep(settleMs);
        own.push(mean(await process.contender.run(iterations)));
        log(`round ${round + 1} of ${rounds}: ${trainer.name} ${own.at(-1)!.toFixed(0)} ms`);
      }
    }
    const measured: MeasuredTrainer[] = [];
    for (const running of team) measured.push(await finish(running, profile));
    return { measured, failures };
  } finally {
    for (const { process } of team) await process.stop();
  }
}
