import type { ModelConfigInput } from './model-config.js';

const clip = (
  patchSize: number,
  vision: { readonly width: number; readonly depth: number },
  text: { readonly embedDim: number; readonly width: number },
): ModelConfigInput => ({
  embedDim: text.embedDim,
  vision: { kind: 'vit', imageSize: 224, patchSize, ...vision },
  text: { width: text.width, depth: 12 },
});

/**
 * Models by name.
 *
 * - `demo`: a frozen convolutional stem with pooled statistics and a small text encoder; trains in seconds on a laptop
 * - `small`: a vision transformer that two cores can train
 * - `tiny`: for tests
 * - `ViT-B/32`, `ViT-B/16`, `ViT-L/14`: the sizes of CLIP
 *
 * @example
 * ```ts
 * const config = defineModelConfig(modelPresets.small, faceForensics);
 * ```
 */
export const modelPresets = {
  demo: { embedDim: 64, vision: { kind: 'pooled-stem' }, text: { width: 64, depth: 2 } },
  small: {
    embedDim: 64,
    vision: { kind: 'vit', imageSize: 112, patchSize: 16, width: 96, depth: 3 },
    text: { width: 64, depth: 2 },
  },
  tiny: {
    embedDim: 16,
    vision: { kind: 'vit', imageSize: 32, patchSize: 16, width: 64, depth: 1 },
    text: { width: 64, depth: 1 },
  },
  'ViT-B/32': clip(32, { width: 768, depth: 12 }, { embedDim: 512, width: 512 }),
  'ViT-B/16': clip(16, { width: 768, depth: 12 }, { embedDim: 512, width: 512 }),
  'ViT-L/14': clip(14, { width: 1024, depth: 24 }, { embedDim: 768, width: 768 }),
} as const satisfies Readonly<Record<string, ModelConfigInput>>;

/** The name of a model in {@link modelPresets}. */
export type ModelPresetName = keyof typeof modelPresets;
