/**
 * Reads CLIP models that others trained, PyTorch's and Hugging Face's files, without running anything in them; writes them back.
 *
 * @packageDocumentation
 */
export { type ByteSource, blobSource, bytesSource } from './byte-source.js';
export { type ClipArchitecture, readClipArchitecture } from './clip-architecture.js';
export { encodeOpenAiWeights } from './encode-openai-weights.js';
export { type ClipOptions, findClip, loadClip, type StoredClip } from './load-clip.js';
export { openWeightFile } from './open-weight-file.js';
export { openShards } from './safetensors/open-safetensors.js';
export type { RowRange, StoredTensor, StoredTensors, WeightFile } from './weight-file.js';
