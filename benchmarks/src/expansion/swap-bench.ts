// `node benchmarks/dist/expansion/swap-bench.js [FOLDER]`: images a second a core of the same swap here and in Python.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../peers/cache-folder.js';
import { providePeer } from '../peers/peers.js';
import { runCommand } from '../peers/run-command.js';
import type { SwapResult } from './swap-result.js';

const rounds = 5;
const goal = 1.5;
/** So many photographs a round; fewer are taken again. */
const photosPerRound = 60;

const built = fileURLToPath(new URL('.', import.meta.url));
const sources = fileURLToPath(new URL('../../src/', import.meta.url));
const samples = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

async function listPhotos(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^(?!.*result).*\.jpe?g$/i.test(name)).sort();
  if (names.length === 0)
    throw new Error(`swap-bench: expected JPEG files in ${folder}, got none; name another folder.`);
  return Array.from({ length: photosPerRound }, (_, i) => join(folder, names[i % names.length]!));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** One core, on Linux: the cores would otherwise count differently for the two. */
function runAlone(command: string, args: readonly string[]): Promise<string> {
  const env = { OMP_NUM_THREADS: '1' };
  if (process.platform !== 'linux') return runCommand(command, args, { env });
  return runCommand('taskset', ['--cpu-list', '0', command, ...args], { env });
}

async function runContender(command: string, args: readonly string[]): Promise<SwapResult> {
  const lines = (await runAlone(command, args)).trim().split('\n');
  return JSON.parse(lines.at(-1)!) as SwapResult;
}

interface Summary {
  readonly description: string;
  readonly images: number;
  /** Of CPU time: what a core does in a second. */
  readonly imagesPerSecond: number;
  /** Of the clock: less where other programs run. */
  readonly imagesPerSecondByClock: number;
}

const rate = ({ images, cpuSeconds }: SwapResult): number => images / cpuSeconds;

const summarise = (results: readonly SwapResult[]): Summary => ({
  description: results[0]!.description,
  images: results[0]!.images,
  imagesPerSecond: median(results.map(rate)),
  imagesPerSecondByClock: median(results.map(({ images, seconds }) => images / seconds)),
});

async function measure(python: string, folder: string, scratch: string): Promise<void> {
  const photos = join(scratch, 'photos.txt');
  await writeFile(photos, (await listPhotos(folder)).join('\n'));
  const runOurs = () => runContender(process.execPath, [join(built, 'swap-contender.js'), photos, scratch]);
  const runTheirs = () => runContender(python, [join(sources, 'python', 'region_swap.py'), photos, scratch]);
  const ours: SwapResult[] = [];
  const theirs: SwapResult[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = [async () => ours.push(await runOurs()), async () => theirs.push(await runTheirs())];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    const [own, other] = [ours[round]!, theirs[round]!].map((result) => rate(result).toFixed(2));
    console.error(`round ${round + 1} of ${rounds}: ours ${own}, theirs ${other} images/s`);
  }
  const ratios = ours.map((own, round) => rate(own) / rate(theirs[round]!));
  const ratio = median(ratios);
  const report = {
    ...{ photosPerRound, rounds, ours: summarise(ours), theirs: summarise(theirs) },
    ...{ ratio, spread: [Math.min(...ratios), Math.max(...ratios)], goal, met: ratio >= goal },
  };
  console.log(JSON.stringify(report, null, 2));
}

const peer = await providePeer('mediapipe', cacheFolder(), { install: true, log: (line) => console.error(line) });
if ('absent' in peer) {
  console.error(`absent: ${peer.absent}`);
  process.exitCode = 1;
} else {
  const scratch = await mkdtemp(join(tmpdir(), 'sofd-swap-bench-'));
  try {
    await measure(peer.path, resolve(process.argv[2] ?? samples), scratch);
  } finally {
    await rm(scratch, { recursive: true });
  }
}
