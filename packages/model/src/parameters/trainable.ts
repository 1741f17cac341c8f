import * as v from 'valibot';
import type { ModelConfig } from '../config/model-config.js';
import { createVisionEncoder } from '../vision-encoder/create-vision-encoder.js';

/** What a choice of trained parameters may be, for schemas of experiments. */
export const trainableSchema = v.union([
  v.picklist(['all', 'head', 'layer-norms']),
  v.strictObject({ lastBlocks: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
]);

/**
 * Which parameters train.
 *
 * - `all`: all of both encoders, and the head
 * - `head`: what follows the encoders' last layer norm, a linear probe: their projections to the joint embedding, and the
 *   head's scale
 * - `layer-norms`: gain and bias of every layer norm, and the head
 * - `{ lastBlocks: n }`: the last n blocks of both encoders or as many as they have, the layer norm behind them, and the head
 *
 * What a vision encoder always keeps, such as a convolutional stem, never trains.
 */
export type Trainable = v.InferOutput<typeof trainableSchema>;

const isHead = (name: string): boolean => /^head\.|^(vision|text)\.projection(\.|$)/.test(name);
const isLayerNorm = (name: string): boolean => /\.norm(1|2|Before|After)\.(gain|bias)$/.test(name);

/** Whether a name belongs to the last `count` blocks of its encoder, or to the layer norm behind them. */
function isLate(name: string, depths: Readonly<Record<string, number>>, count: number): boolean {
  if (/\.normAfter\./.test(name)) return true;
  const [, encoder, block] = /^(vision|text)\.blocks\.(\d+)\./.exec(name) ?? [];
  return encoder !== undefined && Number(block) >= depths[encoder]! - count;
}

/**
 * Whether the parameter of a name trains.
 *
 * @param config - the model
 * @param trainable - the choice
 */
export function createTrainableFilter(config: ModelConfig, trainable: Trainable): (name: string) => boolean {
  const { vision, text, embedDim } = config;
  const { isFrozen } = createVisionEncoder(vision, embedDim);
  const depths = { vision: vision.kind === 'vit' ? vision.depth : 0, text: text.depth };
  const isChosen = (name: string): boolean => {
    if (trainable === 'all' || isHead(name)) return true;
    if (trainable === 'head') return false;
    return trainable === 'layer-norms' ? isLayerNorm(name) : isLate(name, depths, trainable.lastBlocks);
  };
  return (name) => isChosen(name) && !(name.startsWith('vision.') && isFrozen(name.slice('vision.'.length)));
}
