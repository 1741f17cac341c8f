export { openRunFolder, type RunFolder } from './run-folder.js';
