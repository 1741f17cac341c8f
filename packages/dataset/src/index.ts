/**
 * Data sets for semantics-oriented forgery detection: expansion modes, blending, relabelling, identity clusters and splits.
 *
 * @packageDocumentation
 */

export { blendImage } from './blend/blend-image.js';
export type { ColorTransfer, CompositeOptions } from './blend/composite-region.js';
export type { PastedRegion, PasteOptions } from './blend/paste-options.js';
export { blendPoisson } from './blend/poisson-blend.js';
export { type ColorSpace, transferColor } from './blend/transfer-color.js';
export { blendOnly, createBlendOnly } from './blend-only/blend-only.js';
export { colorNoise } from './corruptions/color-noise.js';
export type { Corruption, CorruptionOptions } from './corruptions/corruption.js';
export { corruptions, type DrawnCorruption, drawCorruption } from './corruptions/corruptions.js';
export { gaussianBlur } from './corruptions/gaussian-blur.js';
export { greyBlocks } from './corruptions/grey-blocks.js';
export { jpegCompression } from './corruptions/jpeg-compression.js';
export { pixelation } from './corruptions/pixelation.js';
export type { Dataset } from './dataset.js';
export type { ExpansionInput, ExpansionMode, ExpansionOutput } from './expansion-mode.js';
export { allExpansionModes, expansionModes } from './expansion-modes.js';
export { type ExpansionRegion, expansionRegions } from './expansion-region.js';
export type { FaceSample } from './face-sample.js';
export { faceSwap } from './face-swap/face-swap.js';
export { clusterIdentities, type DescribedFace, type IdentityClusters } from './identity/cluster-identities.js';
export {
  findLeakage,
  type LeakageCount,
  type LeakageExample,
  type LeakageOptions,
  type LeakageReport,
  type LeakageRow,
} from './identity/find-leakage.js';
export {
  defaultFractions,
  type GroupSplit,
  type SplitConflict,
  type SplitFractions,
  type SplitItem,
  type SplitOptions,
  splitByGroup,
  splitNames,
} from './identity/split-by-group.js';
export { splitByIdentity } from './identity/split-by-identity.js';
export { alignRegion } from './region-swap/align-region.js';
export { chooseDonor } from './region-swap/choose-donor.js';
export { type FaceOutline, measureOutline } from './region-swap/face-outline.js';
export { createRegionSwap, regionSwap } from './region-swap/region-swap.js';
export { type ChangeThresholds, calibrateChange } from './relabel/measured/calibrate-change.js';
export { decideChange } from './relabel/measured/decide-change.js';
export { type DescribedCrop, describeCrop } from './relabel/measured/describe-crop.js';
export { drawControl } from './relabel/measured/draw-control.js';
export { defaultEvidence, type EvidenceTable, evidenceTableSchema } from './relabel/measured/evidence.js';
export { type LabelAgreement, measureAgreement } from './relabel/measured/measure-agreement.js';
export { measureChange } from './relabel/measured/measure-change.js';
export { type LabelRules, parseRules } from './relabel/parse-rules.js';
export { type AnnotationChoice, type RelabelledImage, relabel } from './relabel/relabel.js';
export { selfBlend } from './self-blend/self-blend.js';
export type { FileTree } from './sources/file-tree.js';
export { inspectSource, type SourceCount, type SourceInspection } from './sources/inspect.js';
export type { DatasetSource, SourceItem, SourceKind, SourceListing, SourceProblem } from './sources/source.js';
export { sources } from './sources/sources.js';
export { warp } from './warp/warp.js';
