import { CheckpointFormatError, parseWith } from '@sofd/core';
import * as v from 'valibot';

const heads = v.pipe(v.number(), v.integer(), v.minValue(1));

/** One of the two towers; what Hugging Face leaves out has these values there. */
const towerSchema = (defaultHeads: number) =>
  v.object({
    num_attention_heads: v.optional(heads, defaultHeads),
    hidden_act: v.optional(v.literal('quick_gelu'), 'quick_gelu'),
    layer_norm_eps: v.optional(v.literal(1e-5), 1e-5),
  });

const architectureSchema = v.object({
  model_type: v.literal('clip'),
  vision_config: towerSchema(12),
  text_config: towerSchema(8),
});

/** What the weights do not say of a model: how many heads its blocks have. */
export interface ClipArchitecture {
  readonly visionHeads: number;
  readonly textHeads: number;
}

/**
 * Reads Hugging Face's `config.json`, as far as the weights do not say it already.
 *
 * @param bytes - its content
 * @throws CheckpointFormatError for a model that is no CLIP, or one with another activation or another epsilon than CLIP's
 */
export function readClipArchitecture(bytes: Uint8Array): ClipArchitecture {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CheckpointFormatError('config.json: expected JSON, got other text; fetch the file again.', { cause });
  }
  const { vision_config, text_config } = parseWith(architectureSchema, json, 'config.json', CheckpointFormatError);
  return { visionHeads: vision_config.num_attention_heads, textHeads: text_config.num_attention_heads };
}
