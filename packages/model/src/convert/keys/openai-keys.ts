import { blockRules, type KeyMap, kernelToMatrix, normRules } from './key-map.js';

const block = {
  norm1: 'ln_1',
  norm2: 'ln_2',
  attentionInput: [['attn.in_proj_weight', 'attn.in_proj_bias']],
  attentionOutput: 'attn.out_proj',
  expand: 'mlp.c_fc',
  contract: 'mlp.c_proj',
} as const;

/** OpenAI's names, which the published checkpoints of the method have too. */
export const openAiKeys: KeyMap = {
  name: 'OpenAI',
  rules: [
    {
      parameter: 'vision.patchProjection',
      keys: ['visual.conv1.weight'],
      shape: ['imageWidth', 3, 'patch', 'patch'],
      axes: kernelToMatrix,
    },
    { parameter: 'vision.classToken', keys: ['visual.class_embedding'], shape: ['imageWidth'] },
    { parameter: 'vision.positions', keys: ['visual.positional_embedding'], shape: ['imagePositions', 'imageWidth'] },
    ...normRules('vision.normBefore', 'visual.ln_pre', 'imageWidth'),
    ...blockRules('vision', 'visual.transformer.resblocks', block),
    ...normRules('vision.normAfter', 'visual.ln_post', 'imageWidth'),
    { parameter: 'vision.projection', keys: ['visual.proj'], shape: ['imageWidth', 'embedDim'] },
    { parameter: 'text.tokenEmbedding', keys: ['token_embedding.weight'], shape: ['tokens', 'textWidth'] },
    { parameter: 'text.positions', keys: ['positional_embedding'], shape: ['contextLength', 'textWidth'] },
    ...blockRules('text', 'transformer.resblocks', block),
    ...normRules('text.normAfter', 'ln_final', 'textWidth'),
    { parameter: 'text.projection', keys: ['text_projection'], shape: ['textWidth', 'embedDim'] },
    { parameter: 'head.logitScale', keys: ['logit_scale'], shape: [] },
  ],
  // Facts beside the weights in OpenAI's archives, which the shapes say too.
  ignored: ['input_resolution', 'context_length', 'vocab_size'],
};
