import * as v from 'valibot';
import { tokenizerSchema } from '../tokenizer/tokenizer-config.js';

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

export const textEncoderSchema = v.pipe(
  v.strictObject({
    width: size,
    depth: size,
    /** Attention heads of a block; width / 64 where not given, as in CLIP. */
    heads: v.optional(size),
    /** The most tokens that a prompt may have. */
    contextLength: size,
    tokenizer: tokenizerSchema,
  }),
  v.transform((config) => ({ ...config, heads: config.heads ?? Math.max(1, Math.floor(config.width / 64)) })),
  v.check(({ width, heads }) => width % heads === 0, 'expected width to be a multiple of heads'),
);

/** The text encoder, complete. */
export type TextEncoderConfig = v.InferOutput<typeof textEncoderSchema>;
