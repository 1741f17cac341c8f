import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointFormatError } from '@sofd/core';
import {
  type ClipArchitecture,
  openShards,
  openWeightFile,
  readClipArchitecture,
  type WeightFile,
} from '../convert/index.js';
import { type FileSource, openFileSource } from './file-source.js';

/** Weights on disk, and what lies beside them. */
export interface Weights {
  readonly file: WeightFile;
  /** From `config.json` of a Hugging Face folder. */
  readonly architecture?: ClipArchitecture;
  /** For `readClipVocabulary`: `tokenizer.json`, or `vocab.json` and `merges.txt` of the folder; none where it has none. */
  readonly vocabulary: readonly Uint8Array[];
  close(): Promise<void>;
}

const weightsName = 'model.safetensors';
const indexName = `${weightsName}.index.json`;

async function readOptional(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readVocabulary(folder: string): Promise<readonly Uint8Array[]> {
  const whole = await readOptional(join(folder, 'tokenizer.json'));
  if (whole !== undefined) return [whole];
  const pair = await Promise.all(['vocab.json', 'merges.txt'].map((name) => readOptional(join(folder, name))));
  return pair.every((file) => file !== undefined) ? (pair as readonly Uint8Array[]) : [];
}

/** A Hugging Face folder: weights in one file or several, the architecture, and perhaps the vocabulary. */
async function openFolder(
  folder: string,
  open: (path: string) => Promise<FileSource>,
): Promise<Omit<Weights, 'close'>> {
  const config = await readOptional(join(folder, 'config.json'));
  if (config === undefined) {
    throw new CheckpointFormatError(
      `openWeights: expected a Hugging Face folder, got ${folder} without config.json; give a folder with config.json and the weights, or a single file of weights.`,
    );
  }
  const architecture = readClipArchitecture(config);
  const index = await readOptional(join(folder, indexName));
  const file =
    index === undefined
      ? await openWeightFile(await open(join(folder, weightsName)))
      : await openShards(index, (name) => open(join(folder, name)));
  return { file, architecture, vocabulary: await readVocabulary(folder) };
}

/**
 * Opens weights that others trained.
 *
 * @param path - a file of PyTorch or safetensors, or a Hugging Face folder
 * @returns what `loadClip` needs; the caller closes it
 * @throws CheckpointFormatError for anything else; nothing in a file is run
 * @example
 * ```ts no-run: needs a file of CLIP
 * import { faceForensics } from '@sofd/core';
 * import { loadClip } from '@sofd/model/convert';
 * import { openWeights } from '@sofd/model/node';
 *
 * const { file, close } = await openWeights('ViT-B-32.pt');
 * const { config, params } = await loadClip(file, faceForensics);
 * await close();
 * ```
 */
export async function openWeights(path: string): Promise<Weights> {
  const sources: FileSource[] = [];
  const open = async (name: string): Promise<FileSource> => {
    const source = await openFileSource(name);
    sources.push(source);
    return source;
  };
  const close = async () => {
    for (const source of sources) await source.close();
  };
  try {
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    if (isFolder) return { ...(await openFolder(path, open)), close };
    return { file: await openWeightFile(await open(path)), vocabulary: [], close };
  } catch (error) {
    await close();
    throw error;
  }
}
