/**
 * The weights that ship with sofd.
 *
 * @packageDocumentation
 */
export { type DefaultModel, defaultModel } from './default-model.js';
