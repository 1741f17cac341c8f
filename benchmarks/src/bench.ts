import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Comparison, type DispatchCount, nameCount, placed } from './comparisons.js';
import { buildPage } from './measure/build-page.js';
import { chooseParticipants } from './measure/choose-participants.js';
import { type CorePeak, createPeakMeter } from './measure/core-peak.js';
import { measureDispatches } from './measure/count-dispatches.js';
import { neededPeers, type Surroundings } from './measure/launches.js';
import { measure } from './measure/measure.js';
import { cacheFolder } from './peers/cache-folder.js';
import { type EnginePeerName, type Peer, providePeer } from './peers/peers.js';
import { createCountRow, createRows, type Row } from './results/rows.js';
import { nameWork } from './work/work.js';

/** What a run of the benchmarks gave. */
export interface BenchResult {
  readonly rows: readonly Row[];
  /** Contenders that did not take part, and why. */
  readonly absent: readonly string[];
}

/** What to measure. */
export interface BenchPlan {
  readonly comparisons: readonly Comparison[];
  readonly counts: readonly DispatchCount[];
}

/** How to measure. */
export interface BenchRunOptions {
  readonly rounds: number;
  readonly profile: boolean;
  readonly install: boolean;
  readonly peers: boolean;
  log(line: string): void;
}

const built = fileURLToPath(new URL('.', import.meta.url));
const sources = fileURLToPath(new URL('../src/', import.meta.url));

/** Measures comparisons and counts, one after another. */
export async function runBench({ comparisons, counts }: BenchPlan, options: BenchRunOptions): Promise<BenchResult> {
  const folder = cacheFolder();
  const surroundings: Surroundings = {
    ...{ built, sources, folder },
    peers: await providePeers(comparisons, folder, options),
  };
  const meterPeak = await createPeakMeter(join(sources, 'measure', 'fma-peak.c'), folder);
  if (comparisons.some(({ environment }) => environment === 'Chromium')) {
    await buildPage(join(sources, 'page'), join(built, 'page'));
  }
  const results: BenchResult[] = [];
  for (const [index, comparison] of comparisons.entries()) {
    const title = `${placed(nameWork(comparison.work), comparison)}, threads ${comparison.threads}`;
    const log = (line: string) => options.log(`[${index + 1}/${comparisons.length}] ${title}: ${line}`);
    results.push(await runComparison(comparison, { surroundings, meterPeak, options: { ...options, log } }));
  }
  for (const count of counts) {
    options.log(nameCount(count));
    results.push(await runCount(count, folder));
  }
  return {
    rows: results.flatMap(({ rows }) => rows),
    absent: [...new Set(results.flatMap(({ absent }) => absent))],
  };
}

async function runComparison(
  comparison: Comparison,
  {
    surroundings,
    meterPeak,
    options,
  }: {
    readonly surroundings: Surroundings;
    readonly meterPeak: (() => Promise<CorePeak>) | undefined;
    readonly options: BenchRunOptions;
  },
): Promise<BenchResult> {
  const { participants, absent } = await chooseParticipants(comparison, { ...options, surroundings });
  const measurement = await measure(participants, { ...options, meterPeak });
  return {
    rows: createRows(comparison, { ...measurement, absent }),
    absent: [...absent, ...measurement.failures].map(({ name, reason }) => `${placed(name, comparison)}: ${reason}`),
  };
}

async function runCount(count: DispatchCount, folder: string): Promise<BenchResult> {
  try {
    return { rows: [createCountRow(count, await measureDispatches(count, { built, folder }))], absent: [] };
  } catch (error) {
    return { rows: [], absent: [`webgpu: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

async function providePeers(
  comparisons: readonly Comparison[],
  folder: string,
  options: BenchRunOptions,
): Promise<Record<EnginePeerName, Peer>> {
  const needed = new Set(comparisons.flatMap(neededPeers));
  const provide = (name: EnginePeerName): Promise<Peer> | Peer =>
    needed.has(name) && options.peers ? providePeer(name, folder, options) : { absent: 'not asked for' };
  return { python: await provide('python'), npm: await provide('npm') };
}
