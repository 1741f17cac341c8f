import { CheckpointFormatError, formatProblems, type LabelGraph } from '@sofd/core';
import { disposeTree, type Tensor, tensorFrom } from '@sofd/tensor';
import { defineModelConfig, type ModelConfig } from '../config/model-config.js';
import { joinParameters, type ModelParameters, modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import type { ReadParameter } from '../parameters/read-parameter.js';
import type { ClipTokenizerConfig } from '../tokenizer/clip/clip-tokenizer-config.js';
import { deriveClipTokenizer } from '../tokenizer/clip/derive-clip-tokenizer.js';
import { resamplePositions } from '../vision-encoder/vit/resample-positions.js';
import type { ClipArchitecture } from './clip-architecture.js';
import { huggingFaceKeys } from './keys/hugging-face-keys.js';
import type { KeyMap, SizeName } from './keys/key-map.js';
import { type KeyMatch, matchKeys } from './keys/match-keys.js';
import { openAiKeys } from './keys/openai-keys.js';
import { chunkBytes, readStoredParameter } from './read-stored-parameter.js';
import { countElements, type StoredTensors, type WeightFile } from './weight-file.js';

/** What a file of weights does not say itself. */
export interface ClipOptions {
  /** How embeddings become logits. `official`: a dot product over ten, the file's logit scale is left out. @default 'official' */
  readonly preset?: ModelConfig['preset'];
  /** Ids of the graph's prompts; from `deriveClipTokenizer` where left out, which knows the published graphs. */
  readonly tokenizer?: ClipTokenizerConfig;
  /** Heads of the blocks, from `readClipArchitecture`; width / 64 where left out, as in CLIP. */
  readonly architecture?: ClipArchitecture;
  /** Side of the images, pixels; the position embeddings are resampled for it. The one of the weights where left out. */
  readonly imageSize?: number;
  /** Called for each parameter that was read. */
  readonly onParameter?: (done: number, total: number) => void;
}

const where = 'loadClip';
const logitScale = 'head.logitScale';

function chooseKeyMap(tensors: StoredTensors, preset: ModelConfig['preset']): KeyMap {
  const isHuggingFace = [...tensors.keys()].some((key) => /^(vision|text)_model\./.test(key));
  const map = isHuggingFace ? huggingFaceKeys : openAiKeys;
  if (preset === 'cosine') return map;
  const scale = map.rules.filter(({ parameter }) => parameter === logitScale).flatMap(({ keys }) => keys);
  const rules = map.rules.filter(({ parameter }) => parameter !== logitScale);
  return { ...map, rules, ignored: [...map.ignored, ...scale] };
}

/** Sizes that follow from others, with what does not fit. */
function findSizeProblems(
  sizes: Readonly<Record<SizeName, number>>,
  tokenizer: ClipTokenizerConfig,
): readonly string[] {
  const { imagePositions, tokens } = sizes;
  const zero = Object.entries(sizes).filter(([, size]) => !(Number.isInteger(size) && size > 0));
  return [
    ...zero.map(([name, size]) => `${name}: expected a positive whole number, got ${size}`),
    ...(Number.isInteger(Math.sqrt(imagePositions - 1)) && imagePositions > 1
      ? []
      : [`image positions: expected one more than a square, got ${imagePositions}`]),
    ...(tokens === tokenizer.size
      ? []
      : [`token embedding: expected ${tokenizer.size} tokens as the tokenizer has, got ${tokens}`]),
  ];
}

function fail(map: KeyMap, problems: readonly string[]): never {
  throw new CheckpointFormatError(
    `${formatProblems(`${where}: ${map.name} keys`, problems)}\nGive the weights of a CLIP model with a vision transformer, and its own tokenizer.`,
    { problems },
  );
}

/** The configuration that the shapes of the weights say. */
function deriveConfig(map: KeyMap, match: KeyMatch, graph: LabelGraph, options: ClipOptions): ModelConfig {
  const { preset = 'official', tokenizer = deriveClipTokenizer(graph.prompts), architecture } = options;
  // Without missing and mis-shaped keys every size is known.
  const sizes = match.sizes as Readonly<Record<SizeName, number>>;
  const problems = match.problems.length > 0 ? match.problems : findSizeProblems(sizes, tokenizer);
  if (problems.length > 0) fail(map, problems);
  const { imageWidth, imagePositions, patch, textWidth, contextLength, embedDim } = sizes;
  const heads = (count: number | undefined) => (count === undefined ? {} : { heads: count });
  return defineModelConfig(
    {
      preset,
      embedDim,
      vision: {
        kind: 'vit',
        imageSize: options.imageSize ?? Math.sqrt(imagePositions - 1) * patch,
        patchSize: patch,
        width: imageWidth,
        depth: match.depths.vision,
        ...heads(architecture?.visionHeads),
      },
      text: { width: textWidth, depth: match.depths.text, contextLength, tokenizer, ...heads(architecture?.textHeads) },
    },
    graph,
  );
}

/** A CLIP model that is still in its file. */
export interface StoredClip {
  readonly config: ModelConfig;
  /** Reads a parameter of the model; beyond the target it takes a few MB of memory. */
  readonly readParameter: ReadParameter;
}

/**
 * Finds a CLIP model in a file of weights: the published checkpoints of the method, OpenAI's CLIP, or Hugging Face's.
 *
 * The configuration follows from the shapes, and no values are read: `buildCheckpoint` reads them one by one into the
 * checkpoint that it makes.
 *
 * @param file - from `openWeightFile`
 * @param graph - the label graph whose prompts the model will read
 * @param options - what the weights do not say
 * @returns the configuration, and what reads each parameter
 * @throws CheckpointFormatError listing every key that is missing, unknown, of another shape or type
 * @throws InvalidOptionError for prompts that need CLIP's vocabulary
 * @example
 * ```ts no-run: needs a file of CLIP
 * import { buildCheckpoint } from '@sofd/model';
 * import { findClip } from '@sofd/model/convert';
 * import { openWeights, writeCheckpointFolder } from '@sofd/model/node';
 *
 * const { file, close } = await openWeights('ViT-B-32.pt');
 * const { config, readParameter } = findClip(file, graph);
 * const { files } = await buildCheckpoint({ name: 'clip', graph, config, params: readParameter, ...rest });
 * await writeCheckpointFolder('clip', files);
 * await close();
 * ```
 */
export function findClip(file: WeightFile, graph: LabelGraph, options: ClipOptions = {}): StoredClip {
  const { tensors } = file;
  const map = chooseKeyMap(tensors, options.preset ?? 'official');
  const match = matchKeys(map, tensors);
  const config = deriveConfig(map, match, graph, options);
  const rules = new Map(match.rules.map((rule) => [rule.parameter, rule]));
  // Reading takes turns with one piece of memory, since what is allocated stays until the garbage is collected.
  let free: Uint8Array | undefined = new Uint8Array(chunkBytes);
  let done = 0;
  const { imagePositions, imageWidth } = match.sizes as Readonly<Record<SizeName, number>>;
  return {
    config,
    readParameter: async (name, target) => {
      const room = free;
      free = undefined;
      const isResampled = name === 'vision.positions' && target.length !== imagePositions * imageWidth;
      const stored = isResampled ? new Float32Array(imagePositions * imageWidth) : target;
      await readStoredParameter(rules.get(name)!, { tensors, sizes: match.sizes, room }, stored);
      if (isResampled) {
        const grid = Math.sqrt(target.length / imageWidth - 1);
        target.set(resamplePositions(stored, { width: imageWidth, grid }));
      }
      free = room;
      done += 1;
      options.onParameter?.(done, rules.size);
    },
  };
}

/**
 * Makes a model of a file of CLIP weights on the active engine.
 *
 * @param file - from `openWeightFile`
 * @param graph - the label graph whose prompts the model will read
 * @param options - what the weights do not say
 * @returns the configuration, and the parameters on the active engine; the caller disposes of them
 * @throws CheckpointFormatError listing every key that is missing, unknown, of another shape or type
 * @throws InvalidOptionError for prompts that need CLIP's vocabulary
 * @see {@link findClip} to convert a file without loading the model
 * @example
 * ```ts no-run: needs a file of CLIP
 * import { faceForensics } from '@sofd/core';
 * import { loadClip } from '@sofd/model/convert';
 * import { openWeights } from '@sofd/model/node';
 *
 * const { file } = await openWeights('ViT-B-32.pt');
 * const { config, params } = await loadClip(file, faceForensics);
 * ```
 */
export async function loadClip(
  file: WeightFile,
  graph: LabelGraph,
  options: ClipOptions = {},
): Promise<{ readonly config: ModelConfig; readonly params: ModelParameters }> {
  const { config, readParameter } = findClip(file, graph, options);
  const loaded: Record<string, Tensor> = {};
  try {
    for (const [name, { shape }] of flattenSpecs(modelSpecs(config))) {
      const values = new Float32Array(countElements(shape));
      await readParameter(name, values);
      loaded[name] = tensorFrom(values, shape);
    }
    return { config, params: joinParameters(config, loaded) };
  } catch (error) {
    disposeTree(loaded);
    throw error;
  }
}
