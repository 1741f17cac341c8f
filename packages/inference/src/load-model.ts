import { type CacheOutcome, type Checkpoint, cachedCheckpoint, type LoadOptions, loadCheckpoint } from '@sofd/model';
import { platform } from '#inference/platform';
import type { ResolvedDetectorOptions } from './detector-options.js';

/**
 * Reads and validates a checkpoint, through the cache if one is asked for.
 *
 * @returns the checkpoint, and what the cache did; null where none was asked for.
 * @throws CheckpointFormatError that names every problem of the files.
 * @throws AbortedError when `signal` is aborted.
 */
export async function loadModel(
  { model, cache }: Pick<ResolvedDetectorOptions, 'model' | 'cache'>,
  options: LoadOptions,
): Promise<{ readonly checkpoint: Checkpoint; readonly cached: CacheOutcome | null }> {
  const source = typeof model === 'string' || model instanceof URL ? platform.openModel(model) : model;
  if (cache === null) return { checkpoint: await loadCheckpoint(source, options), cached: null };
  let cached: CacheOutcome | null = null;
  const onOutcome = (outcome: CacheOutcome) => {
    cached = outcome;
  };
  const checkpoint = await loadCheckpoint(cachedCheckpoint(source, { onOutcome }), options);
  return { checkpoint, cached };
}
