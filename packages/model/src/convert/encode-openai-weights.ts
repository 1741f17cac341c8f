import { CheckpointFormatError } from '@sofd/core';
import { streamSafetensors } from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import type { WeightArrays } from '../parameters/weight-arrays.js';
import { countTokens } from '../tokenizer/tokenizer-config.js';
import type { KeyRule, SizeName } from './keys/key-map.js';
import { expandRules, resolveShape } from './keys/match-keys.js';
import { openAiKeys } from './keys/openai-keys.js';
import { invertAxes, permutedStrides, placeElements } from './permute.js';

/** CLIP's own start, for models whose head has none: `official` logits do not depend on it. */
const defaultLogitScale = Math.log(1 / 0.07);
const scaleKey = 'logit_scale';

function readSizes(config: ModelConfig): {
  readonly sizes: Readonly<Record<SizeName, number>>;
  readonly depths: { vision: number; text: number };
} {
  const { vision, text, embedDim } = config;
  if (vision.kind !== 'vit') throw unsupported("a vision transformer, vision.kind 'vit'", `'${vision.kind}'`);
  for (const { width, heads } of [vision, text])
    if (heads !== Math.max(1, Math.floor(width / 64)))
      throw unsupported(`${Math.floor(width / 64)} heads, one for 64 of width ${width}`, `${heads}`);
  const sizes = {
    imageWidth: vision.width,
    imagePositions: (vision.imageSize / vision.patchSize) ** 2 + 1,
    patch: vision.patchSize,
    textWidth: text.width,
    contextLength: text.contextLength,
    tokens: countTokens(text.tokenizer),
    embedDim,
  };
  return { sizes, depths: { vision: vision.depth, text: text.depth } };
}

const unsupported = (expected: string, got: string) =>
  new CheckpointFormatError(
    `encodeOpenAiWeights: expected ${expected}, got ${got}; OpenAI's CLIP has no such model, keep it as it is.`,
  );

/**
 * Writes the weights of a model as a safetensors file in OpenAI's names, which PyTorch reads with
 * `safetensors.torch.load_file` and `model.load_state_dict`.
 *
 * @param config - a model with a vision transformer
 * @param weights - its parameters by name, as `loadCheckpoint` gives them; other tensors are left out
 * @returns the file, float32, part by part: one tensor at a time is copied
 * @throws CheckpointFormatError for a model that OpenAI's code cannot build
 * @example
 * ```ts no-run: needs a checkpoint of a vision transformer
 * import { writeFile } from 'node:fs/promises';
 * import { loadCheckpoint } from '@sofd/model';
 * import { encodeOpenAiWeights } from '@sofd/model/convert';
 * import { readCheckpointFolder } from '@sofd/model/node';
 *
 * const { config, tensors } = await loadCheckpoint(readCheckpointFolder('checkpoint'));
 * await writeFile('model.safetensors', encodeOpenAiWeights(config, tensors));
 * ```
 */
export function encodeOpenAiWeights(config: ModelConfig, weights: WeightArrays): Iterable<Uint8Array<ArrayBuffer>> {
  const { sizes, depths } = readSizes(config);
  const rules = expandRules(openAiKeys.rules, depths).filter(({ parameter }) => parameter in weights);
  const byKey = new Map(rules.map((rule) => [rule.keys[0]!, rule]));
  const shapeOf = ({ shape }: KeyRule) => resolveShape(shape, sizes) as readonly number[];
  const infos = [...byKey].map(([key, rule]) => [key, { dtype: 'F32' as const, shape: shapeOf(rule) }] as const);
  return streamSafetensors(
    { [scaleKey]: { dtype: 'F32', shape: [] }, ...Object.fromEntries(infos) },
    {
      read: (key) => {
        const rule = byKey.get(key);
        if (rule === undefined) return Float32Array.of(defaultLogitScale);
        const { data } = weights[rule.parameter]!;
        return rule.axes === undefined ? data : undoAxes(data, shapeOf(rule), rule.axes);
      },
      // PyTorch's loaders ask for this note.
      metadata: { format: 'pt' },
    },
  );
}

/** The values of a parameter in the order in which a file of that shape has them. */
function undoAxes(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const ours = axes.map((axis) => shape[axis]!);
  const stored = new Float32Array(values.length);
  placeElements(values, stored, { shape: ours, strides: permutedStrides(ours, invertAxes(axes)), offset: 0 });
  return stored;
}
