import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { version } from '../../package.json';
import { probeEngine } from '../engine.js';
import { nodeVersion, type QueueJob } from './queue-job.js';

/** The first file that is not there. */
async function findMissing(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    try {
      await access(path);
    } catch {
      return path;
    }
  }
  return null;
}

/**
 * Says why this machine cannot do a job as the coordinator would, if so.
 *
 * @param queued with the paths of this machine
 * @returns a sentence that names the machine, or null
 */
export async function findRefusal({ version: wanted, node, engine, job }: QueueJob): Promise<string | null> {
  const refuse = (expected: string, got: string, remedy: string) =>
    `worker on ${hostname()}: expected ${expected}, got ${got}; ${remedy}`;
  if (wanted !== version) {
    return refuse(`sofd ${wanted}, as the run has it`, version, 'install the same version on both machines');
  }
  if (node !== nodeVersion) {
    return refuse(`Node ${node}, as the run has it`, nodeVersion, 'other versions may round differently');
  }
  const found = await probeEngine(engine);
  if (!found.available) {
    const remedy = `${found.remedy} Or start the run with --engine wasm`;
    return refuse(`the engine ${engine}, which the run computes on`, found.reason, remedy);
  }
  const file = job.kind === 'find' ? job.item.files[0] : undefined;
  const needed = [join(job.work, 'recipe.json'), ...(file === undefined ? [] : [join(job.input, file)])];
  const missing = await findMissing(needed);
  if (missing === null) return null;
  return refuse(
    `to see ${missing}`,
    'no such file',
    'mount the folders of the run here, or name them with --root FROM=TO',
  );
}
