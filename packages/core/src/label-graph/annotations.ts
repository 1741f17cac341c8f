import { faceForensics } from './face-forensics.js';
import type { LabelGraph } from './label-graph.js';
import type { AlteredAttributes } from './targets.js';

/** What each kind of manipulation alters: a label map. */
export type Annotations<Manipulation extends string = string, Graph extends LabelGraph = LabelGraph> = {
  readonly [Name in Manipulation]: AlteredAttributes<Graph>;
};

/**
 * The kinds of images that {@link faceForensicsAnnotations} knows.
 *
 * `identity-swap` and `reenactment` stand for the methods of other data sets: a face of another person in place of one, and a
 * face that moves as another's or as speech asks.
 */
export type FaceForensicsManipulation =
  | 'real'
  | 'Deepfakes'
  | 'FaceSwap'
  | 'Face2Face'
  | 'NeuralTextures'
  | 'identity-swap'
  | 'reenactment'
  | 'expansion:eyes'
  | 'expansion:mouth'
  | 'expansion:nose'
  | 'expansion:eyebrow'
  | 'expansion:skin'
  | 'expansion:face'
  | 'expansion:expression'
  | 'expansion:self-blend'
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
  'identity-swap': swap,
  reenactment,
  'expansion:eyes': { global: [inconsistency], local: ['eye'] },
  'expansion:mouth': { global: [inconsistency], local: ['lip', 'mouth'] },
  'expansion:nose': { global: [inconsistency], local: ['nose'] },
  // The graph hangs eyebrow and skin under the identity alone, and that is what a person sees: brows and complexion are what
  // people are known by, and a well-matched one of another person does not contradict the rest of the face.
  'expansion:eyebrow': { global: ['identity'], local: ['eyebrow'] },
  'expansion:skin': { global: ['identity'], local: ['skin'] },
  'expansion:face': swap,
  'expansion:expression': reenactment,
  // Two processings of one face: the pixels are fake, but no region is another, and the graph has no physical inconsistency
  // without an altered region.
  'expansion:self-blend': { global: [], local: [] },
  // Pasted back from the same face: nothing that a person sees has changed.
  'expansion:blend-only': null,
};

const inconsistentSwap = { ...swap, global: ['identity', inconsistency] } as const;
const inconsistentReenactment = { ...reenactment, global: ['expression', inconsistency] } as const;

/**
 * The two label maps for FaceForensics++ and its expansion. Both are published, and they disagree:
 * `training` (the default of the official preset) calls every fake physically inconsistent, `graph` only the expanded ones that
 * have the region of somebody else. A whole face and an expression that were expanded are labelled as the published ones.
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
    'identity-swap': inconsistentSwap,
    reenactment: inconsistentReenactment,
    'expansion:face': inconsistentSwap,
    'expansion:expression': inconsistentReenactment,
  },
  graph,
};
