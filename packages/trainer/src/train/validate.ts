import { readTensor } from '@sofd/tensor';
import { disposeBatch, type TrainedModel, toDevice } from './device-batch.js';
import { evaluatedParameters, type Run, type RunContext, wholeModel } from './run.js';
import type { Validation } from './train-options.js';

/** Rows computed at once. */
const chunkSize = 64;

/**
 * Logits of the whole validation set in chunks, then its metrics.
 *
 * @param context - the run's options and frozen parameters
 * @param run - the parameters
 * @param model - bound to the run's graph
 */
export async function validate(
  context: RunContext,
  run: Run,
  model: TrainedModel,
): Promise<Readonly<Record<string, number>>> {
  const { options } = context;
  const { set, evaluate } = options.validation as Validation;
  const whole = wholeModel(context, run);
  const params = evaluatedParameters(run);
  const width = set.images.length / set.size;
  const labels = options.graph.labels.length;
  const logits = new Float32Array(set.size * labels);
  for (let start = 0; start < set.size; start += chunkSize) {
    const end = Math.min(set.size, start + chunkSize);
    const images = set.images.subarray(start * width, end * width);
    const targets = set.targets.subarray(start * labels, end * labels);
    const batch = toDevice(options.config, whole, { ...set, images, targets, size: end - start });
    const part = model.logits(params, batch.features);
    logits.set(await readTensor(part), start * labels);
    part.dispose();
    disposeBatch(batch);
  }
  return evaluate(logits, set);
}
