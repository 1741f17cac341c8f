import { AbortedError, type BatchSource, NonFiniteLossError } from '@sofd/core';
import { disposeTree, readTensor, type Tensor } from '@sofd/tensor';
import { byTask } from '../loss/tasks.js';
import { bindModel, type DeviceBatch, disposeBatch, type TrainedModel, toDevice } from './device-batch.js';
import { captureRun, disposeRun, finishRun, locateBatch, type Run, type RunContext, startRun } from './run.js';
import type { TrainOptions, TrainResult, Validation } from './train-options.js';
import { readLosses, weightedGradients } from './weighted-gradients.js';

/** Rows that validation computes at once. */
const validationChunk = 64;

/** Lets timers and signals have their turn: engines that compute on the main thread never give it up by themselves. */
const yieldToEvents = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function loadBatch({ options, initial }: RunContext, source: BatchSource, step: number): Promise<DeviceBatch> {
  const { epoch, index } = locateBatch(source, step);
  return toDevice(options.config, initial, await source.batch(epoch, index));
}

function assertFinite(
  numbers: readonly number[],
  where: { readonly step: number; readonly ids: readonly string[] },
): void {
  if (numbers.every(Number.isFinite)) return;
  throw new NonFiniteLossError(
    `train: expected finite losses in step ${where.step}, got ${numbers.join(', ')} for the batch ${where.ids.join(', ')}; look at these images, or lower the learning rate.`,
  );
}

/** Outer step, then inner step: new task weights, then AdamW with them. The tensors of `run` are given away to the next. */
async function takeStep(
  { options, optimizer }: RunContext,
  run: Run,
  { model, batch, heldOut }: { model: TrainedModel; batch: DeviceBatch; heldOut: DeviceBatch },
): Promise<Run> {
  const { training, learningRate: base, schedule = () => 1, steps, weightDecay = 0, weighting: rule } = options;
  const { batchesPerEpoch } = training;
  const learningRate = base * schedule(run.step, { batchesPerEpoch, steps });
  const ids = heldOut === batch ? batch.ids : [...batch.ids, ...heldOut.ids];
  const weighting = await rule.update(run.weighting, {
    trainable: run.trainable,
    learningRate,
    weightDecay,
    trainingLosses: model.lossesOn(batch),
    heldOutLosses: model.lossesOn(heldOut),
  });
  const weights = rule.weights(weighting);
  assertFinite(weights, { step: run.step + 1, ids });
  const result = weightedGradients(model.lossesOn(batch), run.trainable, weights);
  const { total, losses } = await readLosses(result);
  try {
    assertFinite([total, ...losses], { step: run.step + 1, ids });
    const next = optimizer.update(run.trainable, result.gradients, run.optimizer, {
      learningRate,
      donate: true,
    });
    const step = run.step + 1;
    const { epoch } = locateBatch(training, run.step);
    const record = { step, epoch, losses: byTask(losses), taskWeights: byTask(weights), learningRate };
    run.history.push(record);
    return { step, trainable: next.params, optimizer: next.state, weighting, history: run.history };
  } finally {
    disposeTree(result.gradients);
  }
}

async function computeLogitsOf(model: TrainedModel, run: Run, features: Tensor): Promise<Float32Array> {
  const logits = model.logits(run.trainable, features);
  const values = await readTensor(logits);
  logits.dispose();
  return values;
}

/** Logits of the whole set in chunks, then the metric. */
async function validate(context: RunContext, run: Run, model: TrainedModel): Promise<number> {
  const { set, evaluate } = context.options.validation as Validation;
  const width = set.images.length / set.size;
  const labels = context.options.graph.labels.length;
  const logits = new Float32Array(set.size * labels);
  for (let start = 0; start < set.size; start += validationChunk) {
    const end = Math.min(set.size, start + validationChunk);
    const images = set.images.subarray(start * width, end * width);
    const targets = set.targets.subarray(start * labels, end * labels);
    const batch = toDevice(context.options.config, context.initial, { ...set, images, targets, size: end - start });
    logits.set(await computeLogitsOf(model, run, batch.features), start * labels);
    disposeBatch(batch);
  }
  return evaluate(logits, set);
}

/** One step with its batches. */
async function advance(context: RunContext, run: Run, model: TrainedModel): Promise<Run> {
  const { training, heldOut, weighting } = context.options;
  const batch = await loadBatch(context, training, run.step);
  const other = weighting.usesHeldOut && heldOut ? await loadBatch(context, heldOut, run.step) : batch;
  try {
    return await takeStep(context, run, { model, batch, heldOut: other });
  } finally {
    disposeBatch(batch);
    if (other !== batch) disposeBatch(other);
  }
}

/** Completes the record of the last step with the validation that is due, and reports it. */
async function report(context: RunContext, run: Run, model: TrainedModel): Promise<void> {
  const { validation, steps, onStep } = context.options;
  const { step, history } = run;
  if (validation && (step % validation.every === 0 || step === steps)) {
    const validationAuc = await validate(context, run, model);
    history.push({ ...history.pop()!, validationAuc });
  }
  onStep?.(history.at(-1)!);
}

/** Steps until the end. `current` always is the run after its last whole step, also when an error ends the loop. */
async function loop(context: RunContext, current: { run: Run }): Promise<void> {
  const { config, graph, tokens, steps, signal, saveEvery, save } = context.options;
  const model = bindModel(config, graph, { frozen: context.frozen, tokens });
  while (current.run.step < steps) {
    if (signal?.aborted) {
      throw new AbortedError(
        `train: expected ${steps} steps, got a signal to stop after ${current.run.step}; resume from the saved state.`,
        { cause: signal.reason },
      );
    }
    current.run = await advance(context, current.run, model);
    await report(context, current.run, model);
    const { step } = current.run;
    if (save && saveEvery && step % saveEvery === 0 && step < steps)
      await save(await captureRun(context.options, current.run));
    await yieldToEvents();
  }
}

/**
 * Trains a model bi-level: in every step the task weighting looks at a training and a held-out batch and sets the
 * weights λ, then AdamW descends Σ_i λ_i L_i with the fidelity losses L_i of the primary, global and local labels.
 *
 * Batches hold images, or features where their `imageSize` is 0 (see `computeFeatureSet`). Equal options give equal
 * numbers on one engine, bit for bit, whether or not the run was interrupted.
 *
 * @param options - model, graph, data, rates, weighting
 * @returns the trained parameters, a record of every step, the final task weights
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
  const { context, run } = startRun(options);
  const current = { run };
  try {
    await loop(context, current);
    await options.save?.(await captureRun(options, current.run));
    const params = finishRun(context, current.run);
    const taskWeights = byTask(options.weighting.weights(current.run.weighting));
    return { params, history: current.run.history, taskWeights: { ...taskWeights } };
  } catch (error) {
    if (AbortedError.isInstance(error) || NonFiniteLossError.isInstance(error)) {
      await options.save?.(await captureRun(options, current.run));
    }
    throw error;
  } finally {
    disposeRun(current.run);
    disposeTree(context.initial);
  }
}
