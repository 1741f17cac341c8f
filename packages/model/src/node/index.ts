export { readCheckpointFolder, writeCheckpointFolder } from './checkpoint-folder.js';
