export * from './tensorboard/index.js';
