export { type Annotations, type FaceForensicsManipulation, faceForensicsAnnotations } from './annotations.js';
export { defineLabelGraph } from './define-label-graph.js';
export type { LabelGraphDefinition, PromptTemplate } from './definition.js';
export { faceForensics } from './face-forensics.js';
export { ffsc } from './ffsc.js';
export type { GlobalLabelOf, LabelGraph, LabelOf, Level, LocalLabelOf } from './label-graph.js';
export { labelGraphDefinitionSchema } from './label-graph-definition-schema.js';
export { computeLegalStates, type LegalStates } from './legal-states.js';
export {
  computeMarginals,
  computeStateProbabilities,
  findMostLikelyState,
  type LikelyState,
  type NumberList,
} from './marginals.js';
export { parseLabelGraph } from './parse-label-graph.js';
export { type AlteredAttributes, assertLegalTargets, decodeTargets, encodeTargets } from './targets.js';
