import type { CheckpointManifest } from '@sofd/core';
import { faceCropVersion } from '@sofd/face';
import { type ModelConfig, visionEncoderOf } from '@sofd/model';

/** How a face becomes the input of a model, as its manifest says it. */
export function describeModelInput(config: ModelConfig): CheckpointManifest['input'] {
  const { imageSize, normalization } = visionEncoderOf(config);
  return {
    imageSize,
    crop: faceCropVersion,
    resize: 'bicubic-antialias',
    mean: [...normalization.mean],
    std: [...normalization.std],
  };
}
