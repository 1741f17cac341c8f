import { createRandom } from '@sofd/core';
import { readFaceNetwork } from '@sofd/face';
import {
  type AdaptationReport,
  adaptParameters,
  type Checkpoint,
  createParameters,
  loadCheckpoint,
  loadPooledStem,
  type ModelConfig,
  type ModelParameters,
} from '@sofd/model';
import { readCheckpointFolder } from '@sofd/model/node';
import { disposeTree } from '@sofd/tensor';
import { CommandError } from '../command-error.js';
import type { ExperimentFile } from './experiment-file.js';

/** The checkpoint that an experiment starts from; undefined where it starts from random parameters. */
export const loadInitialCheckpoint = async ({ initialCheckpoint }: ExperimentFile): Promise<Checkpoint | undefined> =>
  initialCheckpoint === undefined ? undefined : loadCheckpoint(readCheckpointFolder(initialCheckpoint));

const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** One sentence on what was taken from a checkpoint, and one on each parameter that was not. */
function describeAdaptation(name: string, { taken, extended, fresh }: AdaptationReport): readonly string[] {
  return [
    `Starts from ${name}: ${taken.length} of ${taken.length + extended.length + fresh.length} parameters taken whole.`,
    ...extended.map((table) => `  ${table.name}: ${table.newRows} of ${table.rows} rows new`),
    ...fresh.map(
      ({ name: parameter, shape, found }) =>
        `  ${parameter}: new, ${formatShape(shape)}; ${found === null ? 'not in the checkpoint' : `the checkpoint has ${formatShape(found)}`}`,
    ),
  ];
}

/**
 * The parameters that a run starts with: those of a checkpoint as far as they fit, random ones otherwise.
 *
 * @throws {CommandError} where no parameter of the checkpoint fits the model
 */
export async function createInitialParameters(
  config: ModelConfig,
  { seed, checkpoint, log }: { seed: number | string; checkpoint: Checkpoint | undefined; log: (line: string) => void },
): Promise<ModelParameters> {
  const random = createRandom(seed).split('parameters');
  if (checkpoint === undefined) {
    const weights = config.vision.kind === 'pooled-stem' ? loadPooledStem(config.vision, await readFaceNetwork()) : {};
    return createParameters(config, random, { weights });
  }
  const { name } = checkpoint.manifest;
  const { params, report } = adaptParameters(checkpoint, config, random);
  if (report.taken.length === 0) {
    disposeTree(params);
    throw new CommandError(
      `train: expected an initialCheckpoint with parameters of the experiment's model, got ${name} that shares none with it; leave model out to train the checkpoint's own.`,
    );
  }
  for (const line of describeAdaptation(name, report)) log(line);
  return params;
}
