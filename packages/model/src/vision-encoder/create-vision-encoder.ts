import { pooledStem } from './pooled-stem/pooled-stem.js';
import type { VisionEncoder } from './vision-encoder.js';
import type { VisionEncoderConfig } from './vision-encoder-config.js';
import { vit } from './vit/vit.js';

/**
 * The vision encoder of a configuration.
 *
 * @param config - `model.vision`
 * @param embedDim - length of the embedding it gives
 */
export function createVisionEncoder(config: VisionEncoderConfig, embedDim: number): VisionEncoder {
  switch (config.kind) {
    case 'vit':
      return vit(config, embedDim);
    case 'pooled-stem':
      return pooledStem(config, embedDim);
  }
}
