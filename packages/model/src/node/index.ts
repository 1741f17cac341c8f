export { readCheckpointFolder, writeCheckpointFolder } from './checkpoint-folder.js';
export { type FileSource, openFileSource } from './file-source.js';
export { openWeights, type Weights } from './open-weights.js';
export { writeFileAtomically } from './write-file-atomically.js';
