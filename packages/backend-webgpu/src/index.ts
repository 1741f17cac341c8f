export { countDispatches } from './count-dispatches.js';
export { type WebgpuOptions, webgpu } from './webgpu.js';
