import type { ModelParameters } from '@sofd/model';
import { countSteps, resolveExperiment, type Schedule, type TaskWeighting } from '@sofd/trainer';
import type { CommandContext, EngineName } from '../command-context.js';
import { activateEngine } from '../engine.js';
import type { ExperimentFile } from './experiment-file.js';
import { createInitialParameters, loadInitialCheckpoint } from './initial-model.js';
import { openExperimentData } from './make-dataset.js';
import type { RunModel } from './run-checkpoint.js';
import { nameOverrides, type RunRecord, recordRun } from './run-record.js';
import { prepareTrainingData } from './training-data.js';

/** One run: what to train, and where. */
export interface RunRequest {
  readonly file: ExperimentFile;
  /** Run folder. */
  readonly output: string;
  /** Folder in which a data set is made where the experiment says photographs. */
  readonly dataOutput: string;
  readonly resume: boolean;
  readonly engine: EngineName;
  /** Threads that make the batches; as many as suit the machine where not given. */
  readonly workers?: number | undefined;
}

/** A run before its first step. */
export interface PreparedRun {
  readonly model: RunModel;
  readonly steps: number;
  readonly schedule: Schedule;
  readonly weighting: TaskWeighting;
  /** Parameters at the start; the run's own. */
  readonly base: ModelParameters;
  /** Parameters at the end, once there are any; the run's own. */
  trained?: ModelParameters;
  readonly record: RunRecord;
}

/**
 * Loads or makes all that a run needs: initial checkpoint, data set, engine, parameters, batches.
 *
 * @throws {CommandError} where a run that continues finds something else than it was started with
 */
export async function prepareRun(
  { file, output, dataOutput, resume, engine: asked, workers }: RunRequest,
  context: CommandContext,
): Promise<PreparedRun> {
  const { experiment, overrides } = file;
  const { batchSize, seed } = experiment;
  const checkpoint = await loadInitialCheckpoint(file);
  const { graph, config, weighting, schedule } = resolveExperiment(experiment, checkpoint);
  const place = { output: dataOutput, resume, engine: asked };
  const { folder, dataset } = await openExperimentData(file.data, { graph, place, context });
  const { name: engine } = await activateEngine(asked);
  const record = await recordRun(
    output,
    { engine, dataset: dataset.info.digest, overrides: nameOverrides(overrides), checkpoint },
    { resume, log: context.log },
  );
  const params = await createInitialParameters(config, { seed, checkpoint, log: context.log });
  const { heldOut, augment } = file.data;
  const data = await prepareTrainingData(
    dataset,
    {
      ...{ folder, config, params, batchSize, heldOut, seed, augment, workers },
      isTrained: checkpoint !== undefined,
      features: { engine, output: dataOutput },
    },
    context,
  );
  return {
    model: { file, graph, config, checkpoint, dataset, data, engine },
    steps: countSteps(experiment, data.training.batchesPerEpoch),
    schedule,
    weighting: overrides.weighting ?? weighting,
    base: data.params,
    record,
  };
}
