import { fileURLToPath } from 'node:url';
import { type Comparison, nameEntry, placed } from './comparisons.js';
import type { Profile, Task } from './contenders/protocol.js';
import { buildPage } from './measure/build-page.js';
import { type CorePeak, createPeakMeter } from './measure/core-peak.js';
import { type ContenderName, launchContender, neededPeers, type Surroundings } from './measure/launches.js';
import { measure, type Participant } from './measure/measure.js';
import { cacheFolder } from './peers/cache-folder.js';
import { type Peer, type PeerName, providePeer } from './peers/peers.js';
import { provideGraph } from './peers/provide-graph.js';
import { createRows, type Row } from './results/rows.js';
import { provideInputs } from './work/inputs.js';
import { constants, nameWork } from './work/work.js';

/** What a run of the benchmarks gave. */
export interface BenchResult {
  readonly rows: readonly Row[];
  /** Contenders that did not take part, and why. */
  readonly absent: readonly string[];
  /** What computed, by contender. */
  readonly versions: Readonly<Record<string, string>>;
  readonly profiles: readonly { readonly name: string; readonly profile: Profile }[];
  readonly peak: CorePeak | undefined;
}

/** How to run. */
export interface BenchRunOptions {
  readonly rounds: number;
  readonly profile: boolean;
  readonly install: boolean;
  readonly peers: boolean;
  log(line: string): void;
}

const built = fileURLToPath(new URL('.', import.meta.url));
const sources = fileURLToPath(new URL('../src/', import.meta.url));

/** Measures comparisons, one after another. */
export async function runBench(comparisons: readonly Comparison[], options: BenchRunOptions): Promise<BenchResult> {
  const folder = cacheFolder();
  const surroundings: Surroundings = { built, sources, peers: await providePeers(comparisons, folder, options) };
  const meterPeak = await createPeakMeter(`${sources}measure/fma-peak.c`, folder);
  if (comparisons.some(({ environment }) => environment === 'Chromium')) {
    await buildPage(`${sources}page`, `${built}page`);
  }
  const rows: Row[] = [];
  const absent = new Set<string>();
  const versions: Record<string, string> = {};
  const profiles: { name: string; profile: Profile }[] = [];
  let peak: CorePeak | undefined;
  for (const [index, comparison] of comparisons.entries()) {
    const { work, threads, entries } = comparison;
    const title = `[${index + 1}/${comparisons.length}] ${placed(nameWork(work), comparison)}, threads ${threads}`;
    const log = (line: string) => options.log(`${title}: ${line}`);
    const task: Task = { work, constants, threads, ...(await provideInputs(work.shape, folder)) };
    const participants = await choose(comparison, { surroundings, task, folder, options, absent });
    const measurement = await measure(participants, { rounds: options.rounds, meterPeak, log });
    for (const { name, reason } of measurement.failures) absent.add(`${placed(name, comparison)}: ${reason}`);
    for (const { name, description, profile } of measurement.contenders) {
      versions[placed(name, comparison)] = description;
      const entry = entries.find(({ engine }) => engine === name);
      if (entry && profile) profiles.push({ name: `${nameEntry(comparison, entry)}, threads ${threads}`, profile });
    }
    if (measurement.peak && measurement.peak.gflops > (peak?.gflops ?? 0)) peak = measurement.peak;
    rows.push(...createRows(comparison, measurement));
  }
  return { rows, absent: [...absent], versions, profiles, peak };
}

async function providePeers(
  comparisons: readonly Comparison[],
  folder: string,
  options: BenchRunOptions,
): Promise<Record<PeerName, Peer>> {
  const needed = new Set(comparisons.flatMap(neededPeers));
  const provide = (name: PeerName): Promise<Peer> | Peer =>
    needed.has(name) && options.peers ? providePeer(name, folder, options) : { absent: 'not asked for' };
  return { python: await provide('python'), npm: await provide('npm') };
}

/** The contenders of a comparison that can be started; peers first, so that the answers are compared with theirs. */
async function choose(
  comparison: Comparison,
  {
    surroundings,
    task,
    folder,
    options,
    absent,
  }: {
    readonly surroundings: Surroundings;
    readonly task: Task;
    readonly folder: string;
    readonly options: BenchRunOptions;
    readonly absent: Set<string>;
  },
): Promise<readonly Participant<ContenderName>[]> {
  const engines: readonly ContenderName[] = comparison.entries.map(({ engine }) => engine);
  const peers: readonly ContenderName[] = options.peers ? comparison.entries.flatMap(({ against }) => against) : [];
  const chosen: Participant<ContenderName>[] = [];
  for (const name of new Set([...peers, ...engines])) {
    const launch = launchContender(name, comparison, surroundings);
    const graph = name.startsWith('onnxruntime')
      ? await provideGraph(task.work.shape, task.weights, { folder, sources, python: surroundings.peers.python })
      : undefined;
    const missing = 'absent' in launch ? launch : graph && 'absent' in graph ? graph : undefined;
    if (missing) absent.add(`${placed(name, comparison)}: ${missing.absent}`);
    else if ('command' in launch) {
      const ownTask = graph && 'path' in graph ? { ...task, graph: graph.path } : task;
      chosen.push({ name, launch, task: ownTask, profiled: options.profile && engines.includes(name) });
    }
  }
  return chosen;
}
