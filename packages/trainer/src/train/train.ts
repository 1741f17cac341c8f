import { AbortedError, NonFiniteLossError } from '@sofd/core';
import { disposeTree } from '@sofd/tensor';
import { byTask } from '../loss/tasks.js';
import { bindModel, type TrainedModel } from './device-batch.js';
import {
  captureRun,
  disposeRun,
  evaluatedParameters,
  finishRun,
  type Run,
  type RunContext,
  startRun,
  toArrays,
} from './run.js';
import { advance, type Stepped } from './take-step.js';
import type { TrainOptions, TrainResult } from './train-options.js';
import { validate } from './validate.js';
import { countSinceImprovement, rankValidations } from './validations.js';

/** Lets timers and signals have their turn: engines that compute on the main thread never give it up by themselves. */
const yieldToEvents = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const monitorOf = ({ validation }: TrainOptions): string => validation?.monitor ?? 'auc';

/** Whether validation has stopped to improve; a function of the state, so that a resumed run ends where it would have. */
function hasConverged({ options }: RunContext, { validations }: Run): boolean {
  const { earlyStop } = options;
  if (!earlyStop) return false;
  const { patience, minDelta } = earlyStop;
  return countSinceImprovement(validations, { monitor: monitorOf(options), minDelta }) >= patience;
}

/** Adds the validation that is due after a step, and keeps parameters that are among the best. */
async function measure(context: RunContext, { run, record }: Stepped, model: TrainedModel): Promise<Stepped> {
  const { options } = context;
  const { validation, steps, keepBest = 0, saveBest } = options;
  if (!validation || (run.step % validation.every !== 0 && run.step !== steps)) return { run, record };
  const metrics = await validate(context, run, model);
  const latest = { step: run.step, metrics };
  const validations = [...run.validations, latest];
  if (rankValidations(validations, monitorOf(options)).slice(0, keepBest).includes(latest))
    await saveBest?.({ validation: latest, trainable: await toArrays(evaluatedParameters(run)) });
  return { run: { ...run, validations }, record: { ...record, validation: metrics } };
}

/** Steps until the end. `current` always is the run after its last whole step, also when an error ends the loop. */
async function loop(context: RunContext, current: { run: Run; history: Stepped['record'][] }): Promise<void> {
  const { options } = context;
  const { config, graph, tokens, loss, steps, signal, saveEvery, save, onStep } = options;
  const model = bindModel(config, graph, { frozen: context.frozen, tokens, loss });
  while (current.run.step < steps && !hasConverged(context, current.run)) {
    if (signal?.aborted) {
      throw new AbortedError(
        `train: expected ${steps} steps, got a signal to stop after ${current.run.step}; resume from the saved state.`,
        { cause: signal.reason },
      );
    }
    const stepped = await advance(context, current.run, model);
    current.run = stepped.run;
    const { run, record } = await measure(context, stepped, model);
    current.run = run;
    current.history.push(record);
    onStep?.(record);
    if (save && saveEvery && run.step % saveEvery === 0 && run.step < steps) await save(await captureRun(options, run));
    await yieldToEvents();
  }
}

/**
 * Trains a model bi-level: in every step the task weighting looks at a training and a held-out batch and sets the
 * weights λ, then AdamW descends Σ_i λ_i L_i with the fidelity losses L_i of the primary, global and local labels.
 *
 * Batches hold images, or features where their `imageSize` is 0 (see `computeFeatureSet`). Equal options give equal
 * numbers on one engine, bit for bit, whether or not the run was interrupted. Numbers are float32: no engine has a
 * faster precision to train in.
 *
 * @param options - model, graph, data, rates, weighting
 * @returns the trained parameters, records of the steps, the validations, the final task weights
 * @throws InvalidOptionError for options that do not fit together
 * @throws NonFiniteLossError naming the images of the batch, after saving the last good state
 * @throws AbortedError when `signal` asks for it, after saving the state
 * @example
 * ```ts
 * const { params, history } = await train({
 *   config, graph: faceForensics, training, heldOut, steps: 20, learningRate: 1e-3,
 *   weighting: autoLambda(), seed: 1, onStep: ({ step, losses }) => report(step, losses.primary),
 * });
 * ```
 * @see method.md section 5
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { context, run: first } = startRun(options);
  const current = { run: first, history: [] };
  try {
    await loop(context, current);
    await options.save?.(await captureRun(options, current.run));
    const { run, history } = current;
    return {
      params: finishRun(context, run),
      step: run.step,
      ended: run.step < options.steps ? 'early' : 'steps',
      history,
      validations: run.validations,
      taskWeights: { ...byTask(options.weighting.weights(run.weighting)) },
    };
  } catch (error) {
    if (AbortedError.isInstance(error) || NonFiniteLossError.isInstance(error)) {
      await options.save?.(await captureRun(options, current.run));
    }
    throw error;
  } finally {
    disposeRun(current.run);
    disposeTree(context.frozen);
  }
}
