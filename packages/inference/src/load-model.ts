import { type Checkpoint, type CheckpointSource, loadCheckpoint } from '@sofd/model';
import { platform } from '#inference/platform';

/**
 * Reads and validates a checkpoint.
 *
 * @param model - a folder (Node), the address of a folder, or a source.
 * @throws CheckpointFormatError that names every problem of the files.
 */
export function loadModel(model: string | URL | CheckpointSource): Promise<Checkpoint> {
  const source = typeof model === 'string' || model instanceof URL ? platform.openModel(model) : model;
  return loadCheckpoint(source);
}
