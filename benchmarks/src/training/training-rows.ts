import { summarize } from '../measure/statistics.js';
import { formatNumber } from '../results/table.js';
import { compareSteps, type StepComparison } from './compare-steps.js';
import type { MeasuredTrainer } from './measure-steps.js';
import type { StepKind, TrainingTask } from './training-task.js';

/** Our engines. */
export type EngineName = 'native' | 'wasm' | 'tensorflow';

/** A ratio of two steps. */
export interface TrainingRow {
  readonly name: string;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
  /** The least and the greatest of them. */
  readonly spread: readonly [number, number];
  /** Where the row has a goal: at least for a comparison with a peer, at most for the price of a bi-level step. */
  readonly met?: boolean;
  /** How the numbers of both sides differ. */
  readonly comparison?: StepComparison;
  /** All this for people. */
  readonly line: string;
}

/** Two who are held against each other. */
interface Pairing {
  readonly name: string;
  readonly over: string;
  readonly under: string;
  readonly goal?: { readonly least?: number; readonly most?: number };
  /** Whether both are to find the same numbers. */
  readonly compared: boolean;
}

/** Those who take turns: not all at once, for a large model is several times in the memory of each of them. */
export interface TrainingGroup {
  /** Ours first: without it there is nothing to compare. */
  readonly trainers: readonly string[];
  readonly pairings: readonly Pairing[];
}

/** What a bi-level step should gain at one thread, and what it may cost. */
const [leastGain, mostCost] = [3, 3.2];

/** Against PyTorch, as one would write it and as algebra allows. */
function againstPyTorch(kind: StepKind, engine: EngineName, goal: Pick<Pairing, 'goal'>): TrainingGroup {
  const [peer, optimised, under] = [`PyTorch ${kind}`, `PyTorch optimised ${kind}`, `${engine} ${kind}`];
  const pairing = { under, compared: true };
  return {
    trainers: [under, peer, optimised],
    pairings: [
      { ...pairing, ...goal, name: `${kind}, ${engine}, ${peer}`, over: peer },
      { ...pairing, name: `${kind}, ${engine}, ${optimised}`, over: optimised },
    ],
  };
}

/** The groups in which an engine is measured. */
export function groupsOf(engine: EngineName): readonly TrainingGroup[] {
  const [over, under] = [`${engine} bi-level`, `${engine} plain`];
  const price: Pairing = { name: `${over} / plain`, over, under, goal: { most: mostCost }, compared: false };
  return [
    againstPyTorch('bi-level', engine, { goal: { least: leastGain } }),
    againstPyTorch('plain', engine, {}),
    { trainers: [over, under], pairings: [price] },
  ];
}

const describeComparison = ({ equal, largest }: StepComparison): string => {
  const parts = largest.map(
    ({ what, difference, tolerance }) => `${what} ${difference.toExponential(1)} of ${tolerance.toExponential(1)}`,
  );
  return `numbers ${equal ? 'equal' : 'NOT EQUAL'} (${parts.join(', ')})`;
};

function createRow(
  { name, goal, compared }: Pairing,
  [over, under]: readonly [MeasuredTrainer, MeasuredTrainer],
  rates: TrainingTask['rates'],
): TrainingRow {
  const ratios = over.rounds.map((time, round) => time / under.rounds[round]!);
  const ratio = summarize(ratios).median;
  const spread = [Math.min(...ratios), Math.max(...ratios)] as const;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = goal ?? {};
  const met = goal && { met: ratio >= least && ratio <= most };
  const comparison = compared ? compareSteps(under.answer, over.answer, rates) : undefined;
  const times = [over, under].map(({ rounds }) => `${formatNumber(summarize(rounds).median)} ms`);
  const bar = goal && (goal.least ? `at least ${goal.least}` : `at most ${goal.most}`);
  const line = [
    `${name}: ${formatNumber(ratio)} (${spread.map(formatNumber).join(' to ')})`,
    `${times.join(' / ')}, MiB ${over.peakMemory.toFixed(0)} / ${under.peakMemory.toFixed(0)}`,
    ...(met ? [`goal ${bar} ${met.met ? 'met' : 'missed'}`] : []),
    ...(comparison ? [describeComparison(comparison)] : []),
  ].join('; ');
  return { name, ratio, spread, ...met, ...(comparison ? { comparison } : {}), line };
}

/** The rows of a group's pairs of which both were measured. */
export function createTrainingRows(
  { pairings }: TrainingGroup,
  measured: readonly MeasuredTrainer[],
  rates: TrainingTask['rates'],
): readonly TrainingRow[] {
  const byName = new Map(measured.map((trainer) => [trainer.name, trainer]));
  return pairings.flatMap((pairing) => {
    const [over, under] = [byName.get(pairing.over), byName.get(pairing.under)];
    return over && under ? [createRow(pairing, [over, under], rates)] : [];
  });
}
