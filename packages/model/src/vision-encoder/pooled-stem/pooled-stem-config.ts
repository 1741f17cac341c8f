import * as v from 'valibot';

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

/** One depthwise-separable block: a 3x3 convolution a channel with this stride, then a 1x1 convolution. */
const blockSchema = v.strictObject({ channels: size, stride: size });

/** The trunk of the face network that the stem comes from: output channels and stride of its first 11 blocks. */
const faceNetworkBlocks = [
  { channels: 64, stride: 1 },
  { channels: 128, stride: 2 },
  { channels: 128, stride: 1 },
  { channels: 256, stride: 2 },
  { channels: 256, stride: 1 },
  { channels: 512, stride: 2 },
  { channels: 512, stride: 1 },
  { channels: 512, stride: 1 },
  { channels: 512, stride: 1 },
  { channels: 512, stride: 1 },
  { channels: 512, stride: 1 },
];

export const pooledStemSchema = v.pipe(
  v.strictObject({
    kind: v.literal('pooled-stem'),
    /** Side of the square input, pixels. */
    imageSize: v.optional(size, 224),
    /** Channels of the first convolution, 3x3 with stride 2. */
    firstChannels: v.optional(size, 32),
    blocks: v.optional(v.pipe(v.array(blockSchema), v.minLength(1)), faceNetworkBlocks),
    /** Blocks, counted from 1, whose output is pooled. The defaults did best on held-out people. */
    pooledBlocks: v.optional(v.pipe(v.array(size), v.minLength(1)), [1, 2, 3, 4, 5, 6, 7, 9, 11]),
  }),
  v.check(
    ({ blocks, pooledBlocks }) => Math.max(...pooledBlocks) === blocks.length,
    'expected the last of blocks to be the greatest of pooledBlocks: what follows it would be computed for nothing',
  ),
);

/** A frozen convolutional stem with pooled statistics, complete: what a checkpoint stores. */
export type PooledStemConfig = v.InferOutput<typeof pooledStemSchema>;

/** How many features the stem gives an image: a mean and a deviation for each channel of the pooled blocks. */
export const countFeatures = ({ blocks, pooledBlocks }: PooledStemConfig): number =>
  2 * pooledBlocks.reduce((sum, block) => sum + blocks[block - 1]!.channels, 0);
