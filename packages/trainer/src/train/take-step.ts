import { type BatchSource, NonFiniteLossError } from '@sofd/core';
import type { FlatParameters } from '@sofd/model';
import { disposeTree, readTensor, type Tensor } from '@sofd/tensor';
import { computeClipScale, computeGlobalNorm } from '@sofd/tensor/training';
import { byTask } from '../loss/tasks.js';
import type { LossPass } from '../objective/objective.js';
import { type DeviceBatch, disposeBatch, type TrainedModel, toDevice } from './device-batch.js';
import { locateBatch, type Run, type RunContext, wholeModel } from './run.js';
import type { StepRecord } from './step-record.js';

/** The batches of one step, in the parts that are accumulated. */
interface StepBatches {
  readonly training: readonly DeviceBatch[];
  readonly heldOut: readonly DeviceBatch[];
}

/** A step that was taken. */
export interface Stepped {
  readonly run: Run;
  readonly record: StepRecord;
}

async function loadParts(context: RunContext, run: Run, source: BatchSource): Promise<DeviceBatch[]> {
  const { accumulate = 1, config } = context.options;
  const params = wholeModel(context, run);
  const parts: DeviceBatch[] = [];
  for (let part = 0; part < accumulate; part++) {
    const { epoch, index } = locateBatch(source, run.step * accumulate + part);
    parts.push(toDevice(config, params, await source.batch(epoch, index)));
  }
  return parts;
}

function assertFinite(numbers: readonly number[], step: number, { training, heldOut }: StepBatches): void {
  if (numbers.every(Number.isFinite)) return;
  const ids = new Set([...training, ...heldOut].flatMap((part) => part.ids));
  throw new NonFiniteLossError(
    `train: expected finite losses in step ${step}, got ${numbers.join(', ')} for the batch ${[...ids].join(', ')}; look at these images, or lower the learning rate.`,
    { problems: [...ids] },
  );
}

/** The factor that shortens the gradients to the norm allowed, and that norm. */
async function clip(
  gradients: FlatParameters,
  maxNorm: number | undefined,
): Promise<{ readonly gradientScale?: Tensor; readonly gradientNorm?: number }> {
  if (maxNorm === undefined) return {};
  const norm = computeGlobalNorm(gradients);
  const gradientScale = computeClipScale(norm, maxNorm);
  const [gradientNorm] = await readTensor(norm);
  norm.dispose();
  return { gradientScale, gradientNorm: gradientNorm! };
}

/** AdamW with the weights that the rule chose. The tensors of `run` are given away to the next. */
async function descend(
  { options, optimizer }: RunContext,
  run: Run,
  given: {
    readonly weighting: unknown;
    readonly now: LossPass;
    readonly learningRate: number;
    readonly batches: StepBatches;
  },
): Promise<Stepped> {
  const { weighting, now, learningRate, batches } = given;
  const step = run.step + 1;
  const weights = options.weighting.weights(weighting);
  assertFinite(weights, step, batches);
  const gradients = now.gradients(weights);
  try {
    const losses = await now.losses();
    assertFinite(losses, step, batches);
    const { gradientScale, gradientNorm } = await clip(gradients, options.clipNorm);
    if (gradientNorm !== undefined) assertFinite([gradientNorm], step, batches);
    const next = optimizer.update(run.trainable, gradients, run.optimizer, {
      learningRate,
      gradientScale,
      donate: true,
    });
    gradientScale?.dispose();
    const { accumulate = 1, training } = options;
    const record = {
      step,
      epoch: locateBatch(training, run.step * accumulate).epoch,
      losses: byTask(losses),
      taskWeights: byTask(weights),
      learningRate,
      ...(gradientNorm === undefined ? {} : { gradientNorm }),
    };
    return { run: { ...run, step, trainable: next.params, optimizer: next.state, weighting }, record };
  } finally {
    disposeTree(gradients);
  }
}

/** The learning rate of a step. */
function rateOf(
  { learningRate, schedule = () => 1, steps, training, accumulate = 1 }: RunContext['options'],
  step: number,
) {
  const batchesPerEpoch = Math.max(1, Math.floor(training.batchesPerEpoch / accumulate));
  return learningRate * schedule(step, { batchesPerEpoch, steps });
}

/** Outer step, then inner step: new task weights, then AdamW with them. */
async function takeStep(context: RunContext, run: Run, model: TrainedModel, batches: StepBatches): Promise<Stepped> {
  const { weighting: rule, weightDecay = 0, training: source, accumulate = 1 } = context.options;
  const learningRate = rateOf(context.options, run.step);
  const training = model.objectiveOn(batches.training);
  const now = training.at(run.trainable);
  try {
    const weighting = await rule.update(run.weighting, {
      step: run.step,
      epoch: locateBatch(source, run.step * accumulate).epoch,
      trainable: run.trainable,
      optimizer: run.optimizer,
      learningRate,
      weightDecay,
      now,
      training,
      heldOut: batches.heldOut === batches.training ? training : model.objectiveOn(batches.heldOut),
    });
    const stepped = await descend(context, run, { weighting, now, learningRate, batches });
    if (!rule.observe) return stepped;
    const after = await training.losses(stepped.run.trainable);
    const observed = rule.observe(weighting, { before: await now.losses(), after });
    return { ...stepped, run: { ...stepped.run, weighting: observed } };
  } finally {
    now.dispose();
  }
}

/** Loads the batches of the next step, and takes it. */
export async function advance(context: RunContext, run: Run, model: TrainedModel): Promise<Stepped> {
  const { training: source, heldOut: other, weighting } = context.options;
  const training = await loadParts(context, run, source);
  const heldOut = weighting.usesHeldOut && other ? await loadParts(context, run, other) : training;
  try {
    return await takeStep(context, run, model, { training, heldOut });
  } finally {
    for (const part of new Set([...training, ...heldOut])) disposeBatch(part);
  }
}
