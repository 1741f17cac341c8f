import * as v from 'valibot';
import { pooledStemSchema } from './pooled-stem/pooled-stem-config.js';
import { vitSchema } from './vit/vit-config.js';

export const visionEncoderSchema = v.variant('kind', [vitSchema, pooledStemSchema]);

/** A vision encoder as an option: what has a default may be left out. */
export type VisionEncoderInput = v.InferInput<typeof visionEncoderSchema>;
/** A vision encoder, complete. */
export type VisionEncoderConfig = v.InferOutput<typeof visionEncoderSchema>;
