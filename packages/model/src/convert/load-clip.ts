import { CheckpointFormatError, formatProblems, type LabelGraph } from '@sofd/core';
import { disposeTree, type Tensor, tensorFrom } from '@sofd/tensor';
import { defineModelConfig, type ModelConfig } from '../config/model-config.js';
import { joinParameters, type ModelParameters, modelSpecs } from '../parameters/model-parameters.js';
import { flattenSpecs } from '../parameters/parameter-spec.js';
import type { ClipTokenizerConfig } from '../tokenizer/clip/clip-tokenizer-config.js';
import { deriveClipTokenizer } from '../tokenizer/clip/derive-clip-tokenizer.js';
import type { ClipArchitecture } from './clip-architecture.js';
import { decodeFloats, isFloatDtype } from './decode-floats.js';
import { huggingFaceKeys } from './keys/hugging-face-keys.js';
import type { KeyMap, KeyRule, SizeName } from './keys/key-map.js';
import { type KeyMatch, matchKeys, resolveShape } from './keys/match-keys.js';
import { openAiKeys } from './keys/openai-keys.js';
import { permute } from './permute.js';
import type { StoredTensors, WeightFile } from './weight-file.js';

/** What a file of weights does not say itself. */
export interface ClipOptions {
  /** How embeddings become logits. `official`: a dot product over ten, the file's logit scale is left out. @default 'official' */
  readonly preset?: ModelConfig['preset'];
  /** Ids of the graph's prompts; from `deriveClipTokenizer` where left out, which knows the published graphs. */
  readonly tokenizer?: ClipTokenizerConfig;
  /** Heads of the blocks, from `readClipArchitecture`; width / 64 where left out, as in CLIP. */
  readonly architecture?: ClipArchitecture;
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
        imageSize: Math.sqrt(imagePositions - 1) * patch,
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

/** One parameter from the tensors that hold it. */
async function readParameter(
  { keys, shape, axes }: KeyRule,
  tensors: StoredTensors,
  sizes: KeyMatch['sizes'],
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const key of keys) {
    const tensor = tensors.get(key)!;
    if (isFloatDtype(tensor.dtype)) parts.push(decodeFloats(tensor.dtype, await tensor.read()));
  }
  const [first] = parts;
  const values = parts.length === 1 ? first! : new Float32Array(first!.length * parts.length);
  if (parts.length > 1) for (const [index, part] of parts.entries()) values.set(part, index * part.length);
  if (axes === undefined) return values;
  const [rows = 1, ...rest] = resolveShape(shape, sizes) as readonly number[];
  return permute(values, [rows * parts.length, ...rest], axes);
}

/**
 * Makes a model of a file of CLIP weights: the published checkpoints of the method, OpenAI's CLIP, or Hugging Face's.
 *
 * The configuration follows from the shapes. Tensors are read one by one, so that beyond the parameters on the engine
 * there is never more in memory than the largest of them and its float32 copy.
 *
 * @param file - from `openWeightFile`
 * @param graph - the label graph whose prompts the model will read
 * @param options - what the weights do not say
 * @returns the configuration, and the parameters on the active engine; the caller disposes of them
 * @throws CheckpointFormatError listing every key that is missing, unknown, of another shape or type
 * @throws InvalidOptionError for prompts that need CLIP's vocabulary
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
  const map = chooseKeyMap(file.tensors, options.preset ?? 'official');
  const match = matchKeys(map, file.tensors);
  const config = deriveConfig(map, match, graph, options);
  const specs = flattenSpecs(modelSpecs(config));
  const loaded: Record<string, Tensor> = {};
  try {
    for (const [index, rule] of match.rules.entries()) {
      const values = await readParameter(rule, file.tensors, match.sizes);
      loaded[rule.parameter] = tensorFrom(values, specs.get(rule.parameter)!.shape);
      options.onParameter?.(index + 1, match.rules.length);
    }
    return { config, params: joinParameters(config, loaded) };
  } catch (error) {
    disposeTree(loaded);
    throw error;
  }
}
