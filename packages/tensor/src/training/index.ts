export { type AdamWOptions, createAdamW } from './adam-w.js';
export { computeClipScale, computeGlobalNorm, computeInnerProduct } from './global-norm.js';
export type { Optimizer, OptimizerState, UpdateOptions } from './optimizer.js';
export { createSgd, type SgdOptions } from './sgd.js';
export { type ValueAndGradients, valueAndGradients } from './value-and-gradients.js';
export { type Vjp, vjp } from './vjp.js';
