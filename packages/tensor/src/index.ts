export type { Tensor } from '@tensorflow/tfjs-core';
export type { ActiveBackend, Availability, Backend, BackendInfo } from './backend/backend.js';
export { overrideKernels } from './backend/kernel-overrides.js';
export { startTfjsEngine, stopTfjsEngine } from './backend/tfjs-engine.js';
export { useBackend } from './backend/use-backend.js';
export { freezeParameters, isFrozen } from './frozen.js';
export type { AdamWRates, AttentionAttributes, FusedKernels } from './fused/fused-kernels.js';
export { fusedKernelFunctions } from './fused/fused-kernels.js';
export type { AttentionOptions, MultiHeadAttentionParameters } from './layers/attention.js';
export { attention, multiHeadAttention } from './layers/attention.js';
export { biasQuickGelu } from './layers/bias-quick-gelu.js';
export { embedTokens } from './layers/embed-tokens.js';
export { fidelityElements } from './layers/fidelity-elements.js';
export type { LayerNormParameters } from './layers/layer-norm.js';
export { layerNorm } from './layers/layer-norm.js';
export type { LinearParameters } from './layers/linear.js';
export { linear } from './layers/linear.js';
export { patchify } from './layers/patchify.js';
export { assertNoLeak, countTensors, readTensor, tensorFrom } from './memory.js';
export * from './ops.js';
export type { ParameterTree } from './parameter-tree.js';
export { disposeTree, filterTree, flattenTree, mapTree, unflattenLike } from './parameter-tree.js';
export { decodeSafetensors } from './safetensors/decode.js';
export type {
  SafetensorsArrays,
  SafetensorsData,
  SafetensorsDtype,
  SafetensorsInfo,
  SafetensorsTensor,
} from './safetensors/dtypes.js';
export { encodeSafetensors, type SafetensorsStream, streamSafetensors } from './safetensors/encode.js';
export {
  parseSafetensorsHeader,
  readSafetensorsHeaderLength,
  type SafetensorsEntry,
  type SafetensorsHeader,
  safetensorsPrefixBytes,
} from './safetensors/header.js';
export { layOutSafetensors, type SafetensorsLayout } from './safetensors/lay-out.js';
