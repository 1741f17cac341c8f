import { faceForensics } from './face-forensics.js';
import type { LabelGraph } from './label-graph.js';
import type { AlteredAttributes } from './targets.js';

/** What each kind of manipulation alters: a label map. */
export type Annotations<Manipulation extends string = string, Graph extends LabelGraph = LabelGraph> = {
  readonly [Name in Manipulation]: AlteredAttributes<Graph>;
};

/** The kinds of images that {@link faceForensicsAnnotations} knows. */
export type FaceForensicsManipulation =
  | 'real'
  | 'Deepfakes'
  | 'FaceSwap'
  | 'Face2Face'
  | 'NeuralTextures'
  | 'expansion:eyes'
  | 'expansion:mouth'
  | 'expansion:nose'
  | 'expansion:blend-only';

type FaceForensicsAnnotations = Annotations<FaceForensicsManipulation, typeof faceForensics>;

const inconsistency = 'physical inconsistency';
const swap = { global: ['identity'], local: faceForensics.levels.local.labels } as const;
const reenactment = { global: ['expression'], local: ['lip', 'mouth'] } as const;

const graph: FaceForensicsAnnotations = {
  real: null,
  Deepfakes: swap,
  FaceSwap: swap,
  Face2Face: reenactment,
  NeuralTextures: reenactment,
  'expansion:eyes': { global: [inconsistency], local: ['eye'] },
  'expansion:mouth': { global: [inconsistency], local: ['lip', 'mouth'] },
  'expansion:nose': { global: [inconsistency], local: ['nose'] },
  // Pasted back from the same face: nothing that a person sees has changed.
  'expansion:blend-only': null,
};

const inconsistentSwap = { ...swap, global: ['identity', inconsistency] } as const;
const inconsistentReenactment = { ...reenactment, global: ['expression', inconsistency] } as const;

/**
 * The two label maps for FaceForensics++ and its expansion. Both are published, and they disagree:
 * `training` (the default of the official preset) calls every fake physically inconsistent, `graph` only the expanded ones.
 *
 * @example
 * ```ts
 * faceForensicsAnnotations.training.Face2Face?.global; // ['expression', 'physical inconsistency']
 * faceForensicsAnnotations.graph.Face2Face?.global; // ['expression']
 * ```
 */
export const faceForensicsAnnotations: {
  readonly training: FaceForensicsAnnotations;
  readonly graph: FaceForensicsAnnotations;
} = {
  training: {
    ...graph,
    Deepfakes: inconsistentSwap,
    FaceSwap: inconsistentSwap,
    Face2Face: inconsistentReenactment,
    NeuralTextures: inconsistentReenactment,
  },
  graph,
};
