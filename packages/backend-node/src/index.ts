export { type NativeOptions, native } from './native/native.js';
export { nodeBackends } from './node-backends.js';
export { type TfjsNodePackage, tfjsNodePackages } from './tensorflow/addon/tfjs-node-package.js';
export { findNvidiaGpus, type NvidiaGpu } from './tensorflow/nvidia.js';
export {
  type SetUpTensorflowOptions,
  setUpTensorflow,
  type TensorflowSetup,
} from './tensorflow/setup/set-up-tensorflow.js';
export { type TensorflowOptions, tensorflow } from './tensorflow/tensorflow.js';
