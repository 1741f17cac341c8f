import { blockRules, type KeyMap, kernelToMatrix, normRules, transposed } from './key-map.js';

const block = {
  norm1: 'layer_norm1',
  norm2: 'layer_norm2',
  attentionInput: [
    ['self_attn.q_proj.weight', 'self_attn.q_proj.bias'],
    ['self_attn.k_proj.weight', 'self_attn.k_proj.bias'],
    ['self_attn.v_proj.weight', 'self_attn.v_proj.bias'],
  ],
  attentionOutput: 'self_attn.out_proj',
  expand: 'mlp.fc1',
  contract: 'mlp.fc2',
} as const;

/** The names of Hugging Face's CLIPModel. */
export const huggingFaceKeys: KeyMap = {
  name: 'Hugging Face',
  rules: [
    {
      parameter: 'vision.patchProjection',
      keys: ['vision_model.embeddings.patch_embedding.weight'],
      shape: ['imageWidth', 3, 'patch', 'patch'],
      axes: kernelToMatrix,
    },
    { parameter: 'vision.classToken', keys: ['vision_model.embeddings.class_embedding'], shape: ['imageWidth'] },
    {
      parameter: 'vision.positions',
      keys: ['vision_model.embeddings.position_embedding.weight'],
      shape: ['imagePositions', 'imageWidth'],
    },
    // Their own spelling.
    ...normRules('vision.normBefore', 'vision_model.pre_layrnorm', 'imageWidth'),
    ...blockRules('vision', 'vision_model.encoder.layers', block),
    ...normRules('vision.normAfter', 'vision_model.post_layernorm', 'imageWidth'),
    {
      parameter: 'vision.projection',
      keys: ['visual_projection.weight'],
      shape: ['embedDim', 'imageWidth'],
      axes: transposed,
    },
    {
      parameter: 'text.tokenEmbedding',
      keys: ['text_model.embeddings.token_embedding.weight'],
      shape: ['tokens', 'textWidth'],
    },
    {
      parameter: 'text.positions',
      keys: ['text_model.embeddings.position_embedding.weight'],
      shape: ['contextLength', 'textWidth'],
    },
    ...blockRules('text', 'text_model.encoder.layers', block),
    ...normRules('text.normAfter', 'text_model.final_layer_norm', 'textWidth'),
    {
      parameter: 'text.projection',
      keys: ['text_projection.weight'],
      shape: ['embedDim', 'textWidth'],
      axes: transposed,
    },
    { parameter: 'head.logitScale', keys: ['logit_scale'], shape: [] },
  ],
  // 0, 1, 2, ...
  ignored: ['vision_model.embeddings.position_ids', 'text_model.embeddings.position_ids'],
};
