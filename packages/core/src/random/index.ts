export { createRandom, randomStateSchema, restoreRandom } from './create-random.js';
export type { Random, RandomState } from './random.js';
