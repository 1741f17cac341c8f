import { CheckpointFormatError, type LabelGraph, parseOptions, parseWith } from '@sofd/core';
import * as v from 'valibot';
import { textEncoderSchema } from '../text-encoder/text-encoder-config.js';
import { encodeSentence, tokenizerSchema } from '../tokenizer/tokenizer-config.js';
import { deriveWordsTokenizer } from '../tokenizer/words-tokenizer.js';
import { visionEncoderSchema } from '../vision-encoder/vision-encoder-config.js';

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

/** How embeddings become logits: a plain dot product over ten, or a learned multiple of the cosine. */
const headPreset = v.optional(v.picklist(['official', 'cosine']), 'official');

const modelSchema = v.strictObject({
  preset: headPreset,
  embedDim: size,
  vision: visionEncoderSchema,
  text: textEncoderSchema,
});

const modelInputSchema = v.strictObject({
  preset: headPreset,
  embedDim: size,
  vision: visionEncoderSchema,
  text: v.strictObject({
    width: size,
    depth: size,
    heads: v.optional(size),
    contextLength: v.optional(size),
    tokenizer: v.optional(tokenizerSchema),
  }),
});

/** A model as an option: what follows from the label graph or has a default may be left out. */
export type ModelConfigInput = v.InferInput<typeof modelInputSchema>;

/** A model, complete: plain JSON, what a checkpoint stores. */
export type ModelConfig = v.InferOutput<typeof modelSchema>;

/**
 * Completes and checks the configuration of a model.
 *
 * @param input - embedding length, vision and text encoder; a preset of `modelPresets` or your own
 * @param graph - the label graph, which gives the vocabulary and the context length where they are left out
 * @returns plain JSON
 * @throws InvalidOptionError with all problems and their paths; unknown keys are problems
 * @example
 * ```ts
 * const config = defineModelConfig(
 *   { embedDim: 16, vision: { kind: 'vit', imageSize: 32, patchSize: 16, width: 64, depth: 1 }, text: { width: 64, depth: 1 } },
 *   faceForensics,
 * );
 * config.text.contextLength; // 15
 * ```
 */
export function defineModelConfig(input: ModelConfigInput, graph: LabelGraph): ModelConfig {
  const { text, ...rest } = parseOptions(modelInputSchema, input, 'defineModelConfig');
  const tokenizer = text.tokenizer ?? deriveWordsTokenizer(graph.prompts);
  const lengthOf = (prompt: string) => encodeSentence(tokenizer, prompt).length;
  const contextLength = text.contextLength ?? Math.max(...graph.prompts.map(lengthOf));
  return parseOptions(modelSchema, { ...rest, text: { ...text, contextLength, tokenizer } }, 'defineModelConfig');
}

/**
 * Checks a configuration that was read from a checkpoint.
 *
 * @param json - parsed JSON
 * @returns the configuration
 * @throws CheckpointFormatError with all problems and their paths
 */
export function parseModelConfig(json: unknown): ModelConfig {
  return parseWith(modelSchema, json, 'manifest.json model', CheckpointFormatError);
}
