import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetRow } from '@sofd/core';
import type { Dataset } from '@sofd/dataset';
import { type FolderDataset, loadSplit } from '@sofd/dataset/node';
import {
  computeFeatureSet,
  countFeatureValues,
  type ModelConfig,
  type ModelParameters,
  splitParameters,
  visionEncoderOf,
} from '@sofd/model';
import { writeFileAtomically } from '@sofd/model/node';
import { readTensor } from '@sofd/tensor';
import type { CommandContext } from '../command-context.js';

/** What features depend on, and where they are kept. */
export interface FeatureStoreOptions {
  readonly config: ModelConfig;
  readonly params: ModelParameters;
  /** Whose numbers they are: engines differ in the last bits. */
  readonly engine: string;
  /** Folder of a run or of a series of runs. */
  readonly output: string;
}

/** Images computed at once, and kept in one file. */
const chunkSize = 64;

const folderIn = (output: string): string => join(output, 'features');

/** A name for all that decides the numbers: images, encoder, frozen weights, engine. */
async function fingerprint(dataset: FolderDataset, { config, params, engine }: FeatureStoreOptions): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([dataset.info.digest, config.vision, engine]));
  for (const [name, leaf] of Object.entries(splitParameters(config, params).frozen)) {
    const values = await readTensor(leaf);
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}

async function readChunk(path: string, count: number): Promise<Float32Array | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes?.length === count * Float32Array.BYTES_PER_ELEMENT
    ? new Float32Array(Uint8Array.from(bytes).buffer)
    : undefined;
}

const only = (dataset: Dataset, rows: readonly DatasetRow[]): Dataset => ({ ...dataset, rows, split: () => rows });

/**
 * The features of rows, computed a chunk of images at a time. Chunks stay on the disk, so that a run that goes on and the
 * next one of a series find them, until {@link removeFeatures}.
 *
 * @param dataset - opened data set
 * @param rows - in an order that does not depend on the run
 * @returns by id of a row, `featureShape` numbers each
 */
export async function loadFeatures(
  dataset: FolderDataset,
  rows: readonly DatasetRow[],
  { store, context }: { readonly store: FeatureStoreOptions; readonly context: CommandContext },
): Promise<ReadonlyMap<string, Float32Array>> {
  const { config, params, output } = store;
  const { imageSize, normalization } = visionEncoderOf(config);
  const width = countFeatureValues(config);
  const folder = join(folderIn(output), await fingerprint(dataset, store));
  await mkdir(folder, { recursive: true });
  const features = new Map<string, Float32Array>();
  for (let start = 0; start < rows.length; start += chunkSize) {
    context.signal.throwIfAborted();
    const part = rows.slice(start, start + chunkSize);
    const path = join(folder, `${String(start).padStart(8, '0')}.f32`);
    let values = await readChunk(path, part.length * width);
    if (values === undefined) {
      const images = await loadSplit(only(dataset, part), part[0]!.split, { imageSize, ...normalization });
      values = (await computeFeatureSet(config, params, images)).images;
      await writeFileAtomically(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    for (const [i, { id }] of part.entries()) features.set(id, values.subarray(i * width, (i + 1) * width));
    context.progress({ stage: 'features', done: Math.min(rows.length, start + chunkSize), total: rows.length });
  }
  return features;
}

/** Takes the features of a run or a series off the disk, once nobody goes on with it. */
export const removeFeatures = (output: string): Promise<void> => rm(folderIn(output), { recursive: true, force: true });
