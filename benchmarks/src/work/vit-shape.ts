import { faceForensics } from '@sofd/core';
import { defineModelConfig, type ModelConfig } from '@sofd/model';

/** A vision transformer of CLIP's design. */
export interface VitShape {
  readonly name: string;
  /** Side of the input and of a patch, pixels. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly embedDim: number;
}

/** What two cores can train. Its two outputs are the logits of a two-way classification. */
export const smallVit: VitShape = {
  name: 'ViT-192/16',
  imageSize: 112,
  patchSize: 16,
  width: 192,
  depth: 6,
  heads: 3,
  embedDim: 2,
};

/** The image side of CLIP ViT-B/32. */
export const baseVit: VitShape = {
  name: 'ViT-B/32',
  imageSize: 224,
  patchSize: 32,
  width: 768,
  depth: 12,
  heads: 12,
  embedDim: 512,
};

/** The model in which sofd has this image side; its text side is as small as it can be, for nothing here uses it. */
export function modelConfigOf({ name: _, embedDim, ...vision }: VitShape): ModelConfig {
  return defineModelConfig(
    { embedDim, vision: { kind: 'vit', ...vision }, text: { width: 64, depth: 1 } },
    faceForensics,
  );
}

/** Floating-point operations of the matrix products of one image's forward pass. */
export function forwardFlops({ imageSize, patchSize, width, depth, embedDim }: VitShape): number {
  const patches = (imageSize / patchSize) ** 2;
  const tokens = patches + 1;
  const patchEmbedding = 2 * patches * 3 * patchSize ** 2 * width;
  const linears = 2 * tokens * 12 * width ** 2;
  const attention = 4 * tokens ** 2 * width;
  return patchEmbedding + depth * (linears + attention) + 2 * width * embedDim;
}
