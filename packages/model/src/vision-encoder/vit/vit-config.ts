import * as v from 'valibot';

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

export const vitSchema = v.pipe(
  v.strictObject({
    kind: v.literal('vit'),
    /** Side of the square input, pixels. */
    imageSize: size,
    /** Side of a square patch, pixels. */
    patchSize: size,
    width: size,
    depth: size,
    /** Attention heads of a block; width / 64 where not given, as in CLIP. */
    heads: v.optional(size),
  }),
  v.check(
    ({ imageSize, patchSize }) => imageSize % patchSize === 0,
    'expected imageSize to be a multiple of patchSize',
  ),
  v.transform((config) => ({ ...config, heads: config.heads ?? Math.max(1, Math.floor(config.width / 64)) })),
  v.check(({ width, heads }) => width % heads === 0, 'expected width to be a multiple of heads'),
);

/** A vision transformer, complete: what a checkpoint stores. */
export type VitConfig = v.InferOutput<typeof vitSchema>;
