import { InvalidOptionError, type LabelGraph } from '@sofd/core';
import type { ModelConfig } from '../config/model-config.js';
import { createTokenBatch, type TokenBatch } from './token-batch.js';
import { encodeSentence } from './tokenizer-config.js';

/**
 * The prompts of a label graph as token ids, cut to the longest prompt.
 *
 * With a causal mask no token sees what follows it, so what lies behind the end token cannot change the embedding and
 * the cut is exact.
 *
 * @param config - a model
 * @param graph - the label graph; one prompt a label
 * @returns ids [labels, longest prompt]
 * @throws InvalidOptionError for a word outside the vocabulary and for a prompt longer than the context
 * @example
 * ```ts
 * const tokens = tokenizePrompts(config, faceForensics);
 * tokens.count; // 10
 * ```
 */
export function tokenizePrompts(config: ModelConfig, graph: LabelGraph): TokenBatch {
  const rows = graph.prompts.map((prompt) => encodeSentence(config.text.tokenizer, prompt));
  const length = Math.max(...rows.map((row) => row.length));
  if (length > config.text.contextLength) {
    throw new InvalidOptionError(
      `tokenizePrompts: expected at most ${config.text.contextLength} tokens a prompt, got ${length}; shorten the prompt or raise text.contextLength.`,
    );
  }
  const ids = new Int32Array(rows.length * length);
  for (const [row, tokens] of rows.entries()) ids.set(tokens, row * length);
  return createTokenBatch(ids, rows.length);
}
