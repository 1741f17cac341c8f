import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, encodeTargets, faceForensics, faceForensicsAnnotations } from '@sofd/core';
import { deriveClipTokenizer } from '@sofd/model';
import { runCommand } from '../peers/run-command.js';
import { type TrainingModelName, trainingModels } from './training-task.js';

/** A pair of batches, one to train and one that is held out, for each step until they come again. */
const pairs = 2;

/** Part of the folder's name: another number where its contents change. */
const version = 1;

/** Rows of every manipulation in turn, half of them real; [count, labels]. */
function createTargets(count: number): Float32Array {
  const labels = faceForensics.labels.length;
  const fakes = Object.values(faceForensicsAnnotations.training).filter((attributes) => attributes !== null);
  const targets = new Float32Array(count * labels);
  for (let row = 1; row < count; row += 2)
    targets.set(encodeTargets(faceForensics, fakes[((row - 1) / 2) % fakes.length]!), row * labels);
  return targets;
}

/** The prompts' published token ids, padded to the context; [labels, context]. */
function createTokens(context: number): Int32Array {
  const { sentences } = deriveClipTokenizer(faceForensics.prompts);
  const tokens = new Int32Array(faceForensics.prompts.length * context);
  for (const [row, prompt] of faceForensics.prompts.entries()) tokens.set(sentences[prompt]!, row * context);
  return tokens;
}

/**
 * A folder from which both sides read: random weights by OpenAI's names, images, targets, tokens. Written once.
 *
 * @param options - the model, rows of a batch, the cache folder, and a Python that has PyTorch, with the script.
 * @returns its path.
 */
export async function provideTrainingInputs(options: {
  readonly model: TrainingModelName;
  readonly batch: number;
  readonly folder: string;
  readonly python: string;
  readonly script: string;
}): Promise<string> {
  const { model, batch, python, script } = options;
  const name = model.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const folder = join(options.folder, `training-${name}-batch-${batch}-${version}`);
  if (existsSync(folder)) return folder;
  const part = `${folder}.part`;
  await mkdir(part, { recursive: true });
  const { image, context } = trainingModels[model];
  const count = 2 * pairs * batch;
  const random = createRandom('benchmarks/training');
  const images = Float32Array.from({ length: count * image ** 2 * 3 }, () => random.normal());
  await writeFile(join(part, 'images.f32'), images);
  await writeFile(join(part, 'targets.f32'), createTargets(count));
  await writeFile(join(part, 'tokens.i32'), createTokens(context));
  await runCommand(python, [script, 'write', part, JSON.stringify(trainingModels[model])]);
  await rename(part, folder);
  return folder;
}
