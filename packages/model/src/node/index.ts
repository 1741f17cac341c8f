export { readCheckpointFolder, writeCheckpointFolder } from './checkpoint-folder.js';
export { writeFileAtomically } from './write-file-atomically.js';
