import { type Annotations, type LabelGraphDefinition, parseLabelGraph } from '@sofd/core';
import { faceCropVersion } from '@sofd/face';
import type { ExpansionRegion } from '../expansion-region.js';
import type { SplitFractions } from '../identity/split-by-group.js';
import { defaultEvidence, type EvidenceTable } from '../relabel/measured/evidence.js';
import { resolveAnnotation } from '../relabel/relabel.js';
import { hashBytes } from './compute-digest.js';
import type { ResolvedExpandOptions } from './expand-options.js';

/** Rises with every change that makes other bytes of the same recipe, so that results of different versions never mix. */
const pipelineVersion = 1;

/** Part of unchanged images in which a measured quantity stays at or under its threshold. */
const measureQuantile = 0.95;

/** What the faces that are found in a file depend on, besides the file. */
export interface FindRecipe {
  readonly version: number;
  /** Engine of the finder's models; `null` where a finder came from outside, whose caller knows. */
  readonly engine: string | null;
  readonly crop: string;
  readonly cropSize: number;
  readonly minEyeDistance: number;
  readonly minQuality: number;
  readonly minAge: number;
  /** Frames of a video, evenly spread. */
  readonly frames: number;
}

/** Everything that the bytes of a data set depend on besides its input. Plain JSON: every worker reads the same. */
export interface ExpandRecipe {
  readonly find: FindRecipe;
  readonly seed: string;
  readonly modes: readonly string[];
  /** The only regions that are altered, `null` for all that the modes know. */
  readonly regions: readonly ExpansionRegion[] | null;
  readonly perFace: number;
  readonly identityThreshold: number;
  readonly fractions: SplitFractions;
  readonly labelGraph: LabelGraphDefinition;
  readonly annotation: { readonly name: string; readonly table: Annotations };
  /** How changes are measured; `null` where they are not. */
  readonly measure: { readonly quantile: number; readonly evidence: EvidenceTable } | null;
}

/** The recipe of some options. */
export function createRecipe(options: ResolvedExpandOptions): ExpandRecipe {
  const { cropSize, minEyeDistance, minQuality, minAge, frames, runner } = options;
  const engine = runner?.engine ?? null;
  const { seed, modes, regions, perFace, identityThreshold, fractions, labelGraph, annotation } = options;
  const { measure, evidence } = options;
  return {
    find: {
      version: pipelineVersion,
      engine,
      crop: faceCropVersion,
      cropSize,
      minEyeDistance,
      minQuality,
      minAge,
      frames,
    },
    seed: String(seed),
    modes: modes.map(({ name }) => name),
    regions,
    perFace,
    identityThreshold,
    fractions,
    labelGraph: labelGraph.definition,
    annotation: resolveAnnotation(annotation),
    measure: measure ? { quantile: measureQuantile, evidence: evidence ?? defaultEvidence } : null,
  };
}

/** SHA-256 of a JSON value; keys count in their order. */
export const hashJson = (value: unknown): string => hashBytes(JSON.stringify(value));

/** What relabelling needs of a recipe. */
export const resolveLabels = ({ labelGraph, annotation }: ExpandRecipe) => ({
  graph: parseLabelGraph(labelGraph, 'recipe.json'),
  annotation,
});
