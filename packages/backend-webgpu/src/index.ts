export { type WebgpuOptions, webgpu } from './webgpu.js';
