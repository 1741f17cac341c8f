export { buildCheckpoint, type CheckpointContents, type CheckpointFiles } from './checkpoint/build-checkpoint.js';
export { type CacheOptions, type CacheOutcome, cachedCheckpoint } from './checkpoint/cached-checkpoint.js';
export type { Checkpoint } from './checkpoint/checkpoint.js';
export { type CheckpointSource, memoryCheckpoint, type ReadOptions } from './checkpoint/checkpoint-source.js';
export { fetchCheckpoint } from './checkpoint/fetch-checkpoint.js';
export { type LoadOptions, loadCheckpoint } from './checkpoint/load-checkpoint.js';
export { createPredictor, type Predictor, type PredictorOptions } from './checkpoint/predictor.js';
export { type CachedWeights, clearCachedWeights, listCachedWeights } from './checkpoint/weights-cache.js';
export { adaptModelConfig } from './config/adapt-model-config.js';
export { defineModelConfig, type ModelConfig, type ModelConfigInput, parseModelConfig } from './config/model-config.js';
export { type ModelPresetName, modelPresets } from './config/model-presets.js';
export { computeLogits, encodeFeatures, encodeImages, encodeTexts, freezeImages, visionEncoderOf } from './encode.js';
export { computeFeatureSet, computeFeatures, countFeatureValues, fitFeatureStatistics } from './features.js';
export { computeIntermediates, type IntermediatesOptions } from './intermediates.js';
export {
  computeMarginalPairOnDevice,
  computeMarginalsOnDevice,
  type MarginalPair,
} from './joint-head/marginals-on-device.js';
export { type AdaptationReport, adaptParameters } from './parameters/adapt-parameters.js';
export {
  createParameters,
  type FlatParameters,
  joinParameters,
  type ModelParameters,
  splitParameters,
} from './parameters/model-parameters.js';
export type { ReadParameter } from './parameters/read-parameter.js';
export { type Trainable, trainableSchema } from './parameters/trainable.js';
export type { WeightArray, WeightArrays } from './parameters/weight-arrays.js';
export type { TextEncoderConfig } from './text-encoder/text-encoder-config.js';
export type { ClipTokenizerConfig } from './tokenizer/clip/clip-tokenizer-config.js';
export type { ClipVocabulary } from './tokenizer/clip/clip-vocabulary.js';
export { deriveClipTokenizer } from './tokenizer/clip/derive-clip-tokenizer.js';
export { encodeClipText } from './tokenizer/clip/encode-clip-text.js';
export { readClipVocabulary } from './tokenizer/clip/read-clip-vocabulary.js';
export { createTokenBatch, type TokenBatch } from './tokenizer/token-batch.js';
export { tokenizePrompts } from './tokenizer/tokenize-prompts.js';
export type { TokenizerConfig } from './tokenizer/tokenizer-config.js';
export { deriveWordsTokenizer, type WordsTokenizerConfig } from './tokenizer/words-tokenizer.js';
export type { Observe } from './transformer/observe.js';
export { loadPooledStem } from './vision-encoder/pooled-stem/load-pooled-stem.js';
export type { PooledStemConfig } from './vision-encoder/pooled-stem/pooled-stem-config.js';
export { computeStemFeatures } from './vision-encoder/pooled-stem/stem.js';
export type { Normalization, VisionEncoder } from './vision-encoder/vision-encoder.js';
export type { VisionEncoderConfig, VisionEncoderInput } from './vision-encoder/vision-encoder-config.js';
export { resamplePositions } from './vision-encoder/vit/resample-positions.js';
export type { VitConfig } from './vision-encoder/vit/vit-config.js';
