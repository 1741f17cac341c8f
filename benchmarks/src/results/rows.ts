import { type Comparison, type DispatchCount, type Entry, nameCount, nameEntry } from '../comparisons.js';
import type { DispatchCounts } from '../contenders/dispatches.js';
import type { Profile } from '../contenders/protocol.js';
import type { ContenderName } from '../measure/launches.js';
import type { Measured, Measurement } from '../measure/measure.js';
import { quantile, summarize } from '../measure/statistics.js';
import { flopsOf } from '../work/work.js';
import { describeMachine, type Machine } from './machine.js';

/** One line of the results: an engine of ours against the fastest of its peers. */
export interface Row {
  readonly name: string;
  readonly engine: string;
  readonly threads: number;
  /** The fastest peer; null where none was there. */
  readonly peer: string | null;
  /** `'ms'`, or what was counted. */
  readonly unit: string;
  /** Median. */
  readonly ours: number;
  readonly theirs: number | null;
  /** theirs / ours, above 1 where we are faster; null without a peer, and where the answers were not equal. */
  readonly ratio: number | null;
  /** The ratio that is aimed at; null where it is only stated. */
  readonly goal: number | null;
  /** Quartiles of our runs, of theirs, and of the rounds' ratios. */
  readonly spread: {
    readonly ours: readonly [number, number];
    readonly theirs: readonly [number, number] | null;
    readonly ratio: readonly [number, number] | null;
  } | null;
  /** Peak resident memory of each process, MiB. */
  readonly memory: { readonly ours: number; readonly theirs: number | null } | null;
  /** The part of what the cores could do; null for work that memory bounds, or without a C compiler. */
  readonly peakShare: number | null;
  /** The largest difference of our answer from the peer's, relative to its root mean square. */
  readonly difference: number | null;
  /** Medians of the slower peers. */
  readonly others: Readonly<Record<string, number>>;
  /** Peers that did not take part, and why. */
  readonly absent: readonly string[];
  /** What computed. */
  readonly versions: { readonly ours: string; readonly theirs: string | null };
  /** Where and when. */
  readonly machine: Machine;
  /** Where the time of our runs goes, where it was asked for. */
  readonly profile: Profile | null;
}

/** What there is to say of a comparison. */
export interface Findings extends Measurement<ContenderName> {
  /** Contenders that could not be started. */
  readonly absent: Measurement<ContenderName>['failures'];
}

/** The rows of a comparison: one for each of our engines that ran. */
export function createRows(comparison: Comparison, measurement: Findings): readonly Row[] {
  return comparison.entries.flatMap((entry) => {
    const ours = measurement.contenders.find(({ name }) => name === entry.engine);
    return ours ? [createRow(comparison, entry, ours, measurement)] : [];
  });
}

function createRow(
  comparison: Comparison,
  entry: Entry,
  ours: Measured<ContenderName>,
  { contenders, failures, absent, peak }: Findings,
): Row {
  const { work, threads } = comparison;
  const isPeer = (name: ContenderName) => (entry.against as readonly ContenderName[]).includes(name);
  const [best, ...slower] = contenders.filter(({ name }) => isPeer(name)).sort((a, b) => medianOf(a) - medianOf(b));
  const mine = summarize(ours.rounds.flat());
  const theirs = best ? summarize(best.rounds.flat()) : undefined;
  // Both are compared with one and the same answer.
  const equal = best !== undefined && ours.difference.equal && best.difference.equal;
  const flops = flopsOf(work);
  return {
    name: nameEntry(comparison, entry),
    engine: entry.engine,
    threads,
    peer: best?.name ?? null,
    unit: 'ms',
    ours: mine.median,
    theirs: theirs?.median ?? null,
    ratio: equal ? theirs!.median / mine.median : null,
    goal: entry.goal ?? null,
    spread: {
      ours: mine.quartiles,
      theirs: theirs?.quartiles ?? null,
      ratio: equal ? ratioQuartiles(ours, best) : null,
    },
    memory: { ours: ours.peakMemory, theirs: best?.peakMemory ?? null },
    peakShare: peak && flops > 0 ? flops / (mine.median * 1e6) / (peak.gflops * threads) : null,
    difference: best ? ours.difference.largest : null,
    others: Object.fromEntries(slower.map((peer) => [peer.name, medianOf(peer)])),
    absent: [...absent, ...failures].filter(({ name }) => isPeer(name)).map(({ name, reason }) => `${name}: ${reason}`),
    versions: { ours: ours.description, theirs: best?.description ?? null },
    machine: describeMachine(peak),
    profile: ours.profile ?? null,
  };
}

const medianOf = ({ rounds }: Measured<ContenderName>) => quantile(rounds.flat(), 0.5);

/** Neighbours in time are compared with each other. */
function ratioQuartiles(ours: Measured<ContenderName>, theirs: Measured<ContenderName>): readonly [number, number] {
  const ratios = ours.rounds.map((times, round) => quantile(theirs.rounds[round]!, 0.5) / quantile(times, 0.5));
  return summarize(ratios).quartiles;
}

/** The row of a count: our fused kernels against the same engine's plain operations. */
export const createCountRow = (count: DispatchCount, { fused, composed, device }: DispatchCounts): Row => ({
  name: nameCount(count),
  engine: 'webgpu',
  threads: 1,
  peer: 'composed operations',
  unit: 'dispatches',
  ours: fused,
  theirs: composed,
  ratio: composed / fused,
  goal: count.goal,
  spread: null,
  memory: null,
  peakShare: null,
  difference: null,
  others: {},
  absent: [],
  versions: { ours: device, theirs: device },
  machine: describeMachine(undefined),
  profile: null,
});
