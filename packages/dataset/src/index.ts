/**
 * Data sets for semantics-oriented forgery detection: expansion modes, blending, relabelling, identity clusters and splits.
 *
 * @packageDocumentation
 */

export { blendImage } from './blend/blend-image.js';
export { type ColorSpace, transferColor } from './blend/transfer-color.js';
export { blendOnly } from './blend-only/blend-only.js';
export type { Dataset } from './dataset.js';
export type { ExpansionInput, ExpansionMode, ExpansionOutput } from './expansion-mode.js';
export { expansionModes } from './expansion-modes.js';
export { type ExpansionRegion, expansionRegions } from './expansion-region.js';
export type { FaceSample } from './face-sample.js';
export {
  clusterIdentities,
  computeCosineSimilarity,
  type DescribedFace,
  type IdentityClusters,
} from './identity/cluster-identities.js';
export { defaultFractions, type SplitFractions, splitByIdentity, splitNames } from './identity/split-by-identity.js';
export { alignRegion } from './region-swap/align-region.js';
export { chooseDonor } from './region-swap/choose-donor.js';
export { regionSwap } from './region-swap/region-swap.js';
export { type AnnotationChoice, type RelabelledImage, relabel } from './relabel/relabel.js';
