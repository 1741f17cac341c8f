import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { ExpandJob } from '@sofd/dataset/node';
import { version } from '../../package.json';

/** All runs share one queue, so that a worker serves whatever is there. Its keys are `sofd:expand:...`. */
export const queueName = 'expand';
export const queuePrefix = 'sofd';

/** A job in the queue, and what it takes for the same bytes. */
export interface QueueJob {
  /** Of sofd. */
  readonly version: string;
  /** Major version of Node: the next one's WebAssembly may round differently. */
  readonly node: string;
  /** Name of the engine that the coordinator chose. */
  readonly engine: string;
  /** Its paths are absolute, as the coordinator sees them. */
  readonly job: ExpandJob;
}

/** How long a job that was handed back waits, and the worker too: others may be able to do it. */
export const refusalMs = 10_000;

/** What is stored beside a job that a worker handed back. */
export interface Refusal {
  readonly refused: string;
}

/** Major version of Node here. */
export const nodeVersion = process.versions.node.replace(/\..*$/, '');

/** Wraps a job for the queue. */
export const toQueueJob = (job: ExpandJob, engine: string): QueueJob => ({
  version,
  node: nodeVersion,
  engine,
  job: { ...job, input: resolve(job.input) },
});

/** Names a run in the queue: its work folder, whose name holds the digest of recipe and input. */
const nameRun = (work: string): string => createHash('sha256').update(work).digest('hex').slice(0, 16);

/**
 * Names a job in the queue. A key alone is not enough: two runs may make the same data set at two places.
 *
 * @returns the same for the same job of the same run, so that nothing is queued twice
 */
export const nameJob = ({ key, work }: ExpandJob): string => `${nameRun(work)}-${key}`;

/** A folder of the coordinator and where a worker sees it. */
export interface RootMapping {
  readonly from: string;
  readonly to: string;
}

/**
 * Finds a coordinator's path on this machine.
 *
 * @param path absolute
 * @param roots folders that are elsewhere here; of several that hold the path the longest counts
 */
export function mapPath(path: string, roots: readonly RootMapping[]): string {
  const holding = roots
    .map(({ from, to }) => ({ from: from.replace(/\/+$/, ''), to: to.replace(/\/+$/, '') }))
    .filter(({ from }) => path === from || path.startsWith(`${from}/`))
    .sort((a, b) => b.from.length - a.from.length);
  const nearest = holding[0];
  return nearest === undefined ? path : nearest.to + path.slice(nearest.from.length) || '/';
}
