import type { LabelGraph } from '@sofd/core';
import type { ClipVocabulary } from '../tokenizer/clip/clip-vocabulary.js';
import { deriveClipTokenizer } from '../tokenizer/clip/derive-clip-tokenizer.js';
import { encodeSentence } from '../tokenizer/tokenizer-config.js';
import { deriveWordsTokenizer } from '../tokenizer/words-tokenizer.js';
import type { ModelConfig } from './model-config.js';

function adaptTokenizer(
  tokenizer: ModelConfig['text']['tokenizer'],
  prompts: readonly string[],
  vocabulary: ClipVocabulary | undefined,
): ModelConfig['text']['tokenizer'] {
  if (tokenizer.kind === 'words') return { kind: 'words', vocabulary: [...deriveWordsTokenizer(prompts).vocabulary] };
  const unknown = prompts.filter((prompt) => !Object.hasOwn(tokenizer.sentences, prompt));
  if (unknown.length === 0) return tokenizer;
  const { sentences } = deriveClipTokenizer(unknown, vocabulary === undefined ? {} : { vocabulary });
  return { ...tokenizer, sentences: { ...tokenizer.sentences, ...sentences } };
}

/**
 * The configuration of a model for another label graph: the same encoders, a tokenizer that knows the graph's sentences,
 * and a context that holds them.
 *
 * @param config - a model, for instance a checkpoint's
 * @param graph - the label graph it is to be trained on
 * @param options - `vocabulary`: from `readClipVocabulary`, where CLIP's tokenizer has to read words that no published graph has
 * @returns plain JSON; {@link adaptParameters} brings the weights along
 * @throws InvalidOptionError naming the sentences that need a vocabulary
 * @example
 * ```ts
 * const config = defineModelConfig(modelPresets.tiny, faceForensics);
 * adaptModelConfig(config, ffsc).vision.kind; // 'vit'
 * ```
 */
export function adaptModelConfig(
  config: ModelConfig,
  graph: LabelGraph,
  { vocabulary }: { readonly vocabulary?: ClipVocabulary } = {},
): ModelConfig {
  const { text, ...rest } = config;
  const tokenizer = adaptTokenizer(text.tokenizer, graph.prompts, vocabulary);
  const longest = Math.max(...graph.prompts.map((prompt) => encodeSentence(tokenizer, prompt).length));
  return { ...rest, text: { ...text, tokenizer, contextLength: Math.max(text.contextLength, longest) } };
}
