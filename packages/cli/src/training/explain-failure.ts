import { AbortedError, NonFiniteLossError } from '@sofd/core';
import type { FolderDataset } from '@sofd/dataset/node';
import { DiskFullError, isDiskFull } from '../disk-full-error.js';

/** Where a run stood when it ended before its time. */
export interface Standing {
  readonly output: string;
  /** Step of the state that was saved last; null before the first. */
  readonly saved: number | null;
  readonly steps?: number | undefined;
  readonly dataset?: FolderDataset | undefined;
  /** Folders of checkpoints that were written, the best first. */
  readonly best?: readonly string[];
}

const howToGoOn = 'go on with the same command and --resume';

const describeState = ({ output, saved }: Standing): string =>
  saved === null ? `no state is in ${output} yet` : `the state after step ${saved} is in ${output}`;

/** Images that a batch had, as files of the data set. */
function nameFiles(ids: readonly string[], dataset: FolderDataset | undefined): readonly string[] {
  const files = new Map(dataset?.rows.map(({ id, file_name }) => [id, file_name]));
  return ids.map((id) => files.get(id) ?? id);
}

/**
 * Says what an error that ended a run means for the run: where it stands, and what to type.
 *
 * @returns the error to throw; others than interruptions, full disks and diverged losses as they are
 */
export function explainFailure(error: unknown, standing: Standing): unknown {
  const { output, saved, steps, dataset, best = [] } = standing;
  if (isDiskFull(error))
    return new DiskFullError(
      `train: expected room on the disk of ${output}, got none; ${describeState(standing)}${saved === null ? '' : ', whole'}. Make room, then ${howToGoOn}.`,
      { cause: error },
    );
  if (AbortedError.isInstance(error))
    return new AbortedError(
      `train: expected ${steps === undefined ? 'to finish' : `${steps} steps`}, got a signal to stop; ${describeState(standing)}: ${howToGoOn}.`,
      { cause: error },
    );
  if (NonFiniteLossError.isInstance(error)) {
    const files = nameFiles(error.problems, dataset);
    const numbers = error.message.replace(/ for the batch .*/s, '');
    const checkpoint = best[0] === undefined ? '' : `; the best checkpoint before is ${best[0]}`;
    return new NonFiniteLossError(
      `${numbers} for the batch ${files.join(', ')}; ${describeState(standing)}${checkpoint}. Look at these images, or start again with a lower learning rate.`,
      { cause: error, problems: files },
    );
  }
  return error;
}
