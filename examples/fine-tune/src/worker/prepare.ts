import { type Batch, createRandom, DatasetError, faceForensics, type Progress } from '@sofd/core';
import {
  adaptParameters,
  type Checkpoint,
  computeFeatureSet,
  createPredictor,
  fetchCheckpoint,
  fitFeatureStatistics,
  loadCheckpoint,
  type ModelParameters,
} from '@sofd/model';
import { disposeTree } from '@sofd/tensor';
import type { Preparation } from '../messages.js';
import { startEngine } from './engine.js';
import { breathe, findFaces, type LabelledFace } from './find-faces.js';
import { makeAlteredFaces } from './make-altered.js';
import { splitPeople } from './split-people.js';
import { joinBatches, toBatch } from './to-batch.js';

/** One part of the people. */
export interface Part {
  readonly faces: readonly LabelledFace[];
  /** What the part of the model that does not train makes of them, or the images where everything trains. */
  readonly features: Batch;
}

/** All that training needs. */
export interface Prepared {
  readonly checkpoint: Checkpoint;
  /** Parameters to start from; whoever has this disposes of them. */
  readonly params: ModelParameters;
  readonly training: Part;
  readonly heldOut: Part;
  readonly leftOut: readonly string[];
  readonly engine: string;
}

/** Everything drawn comes from here: the same photographs give the same run. */
export const seed = 1;

async function loadStart(address: string): Promise<Checkpoint> {
  const checkpoint = await loadCheckpoint(fetchCheckpoint(address));
  if (JSON.stringify(checkpoint.graph.definition) === JSON.stringify(faceForensics.definition)) return checkpoint;
  throw new DatasetError(
    'fineTune: expected a checkpoint of the label graph faceForensics, whose kinds of alterations the page offers, got another; change alterations in messages.ts.',
  );
}

/** Makes the altered faces of one part, and computes the features of all, once an image. */
async function preparePart(
  found: readonly LabelledFace[],
  model: Pick<Prepared, 'checkpoint' | 'params'>,
  { makeAltered, onProgress }: { readonly makeAltered: boolean; readonly onProgress: Progress },
): Promise<Part> {
  const { checkpoint, params } = model;
  const faces = makeAltered ? [...found, ...(await makeAlteredFaces(found, { seed, onProgress }))] : found;
  const rows: Batch[] = [];
  for (const [done, face] of faces.entries()) {
    onProgress({ stage: 'Computing features', done, total: faces.length });
    await breathe();
    rows.push(await computeFeatureSet(checkpoint.config, params, toBatch([face], checkpoint)));
  }
  return { faces, features: joinBatches(rows as [Batch, ...Batch[]]) };
}

/**
 * Finds the faces, holds some people out, and starts the model.
 *
 * @throws SofdError where the photographs do not suffice, or no engine computes the checkpoint right
 */
export async function prepare(
  { photographs, makeAltered, engine: asked, checkpoint: address }: Preparation,
  onProgress: Progress,
): Promise<Prepared> {
  onProgress({ stage: 'Loading the model', done: 0, total: 1 });
  const engine = await startEngine(asked);
  const checkpoint = await loadStart(address);
  const { faces, leftOut } = await findFaces(photographs, onProgress);
  const isHeldOut = splitPeople(faces, { seed, makeAltered, leftOut });
  const { params } = adaptParameters(checkpoint, checkpoint.config, createRandom(seed));
  const make = (part: boolean) =>
    preparePart(
      faces.filter((face) => isHeldOut(face) === part),
      { checkpoint, params },
      { makeAltered, onProgress },
    );
  try {
    const training = await make(false);
    const heldOut = await make(true);
    // Other cameras, other light: the model starts from the mean and deviation of these photographs.
    const fitted = fitFeatureStatistics(checkpoint.config, params, training.features.images);
    return { checkpoint, params: fitted, training, heldOut, leftOut, engine: `${engine.name} (${engine.device})` };
  } catch (error) {
    disposeTree(params);
    throw error;
  }
}

/** Logits [faces, labels] that a checkpoint gives for some faces, after it gave its known answer on this engine. */
export async function predict(checkpoint: Checkpoint, faces: readonly LabelledFace[]): Promise<Float32Array> {
  const predictor = createPredictor(checkpoint);
  try {
    await predictor.checkKnownAnswer();
    return (await predictor.predict(toBatch(faces, checkpoint).images, faces.length)).logits;
  } finally {
    predictor.dispose();
  }
}
