export { type NativeOptions, native } from './native/native.js';
export { nodeBackends } from './node-backends.js';
export { tensorflow } from './tensorflow/tensorflow.js';
