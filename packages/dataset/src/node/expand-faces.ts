import { createRandom, type DatasetRow, type SplitName } from '@sofd/core';
import { faceCropVersion, type Mask, type PixelImage } from '@sofd/face';
import type { ExpansionMode } from '../expansion-mode.js';
import { expansionRegions } from '../expansion-region.js';
import type { FaceSample } from '../face-sample.js';
import { chooseDonor } from '../region-swap/choose-donor.js';
import { relabel } from '../relabel/relabel.js';
import type { SkippedItem } from './collect-faces.js';
import type { ResolvedExpandOptions } from './expand-options.js';

/** An image of the data set before it is written. */
export interface ExpandedImage {
  readonly row: DatasetRow;
  readonly image: PixelImage;
  readonly mask: Mask | null;
}

/** Faces with their splits. */
export interface SplitFaces {
  readonly samples: readonly FaceSample[];
  readonly splitOf: ReadonlyMap<string, SplitName>;
}

type Recipe = Pick<ResolvedExpandOptions, 'labelGraph' | 'annotation' | 'modes' | 'perFace' | 'seed'>;

/** What all rows of a face have in common. */
function describeFace({ identity, source }: FaceSample, split: SplitName) {
  return { identity, source, split, crop: faceCropVersion };
}

function createRow(
  recipe: Recipe,
  fields: Omit<DatasetRow, 'file_name' | 'label' | 'targets' | 'altered'>,
): DatasetRow {
  const { label, targets, altered } = relabel(recipe.labelGraph, fields.manipulation, recipe.annotation);
  const { id, manipulation, ...rest } = fields;
  return {
    file_name: `${fields.split}/${id}.png`,
    id,
    label,
    manipulation,
    targets: [...targets],
    altered: [...altered],
    ...rest,
  };
}

function createOriginal(sample: FaceSample, split: SplitName, recipe: Recipe): ExpandedImage {
  const row = createRow(recipe, {
    id: sample.id,
    manipulation: 'real',
    mode: 'original',
    region: null,
    parents: [],
    seed: createRandom(recipe.seed).split(sample.id).seed,
    mask: null,
    ...describeFace(sample, split),
  });
  return { row, image: sample.crop, mask: null };
}

interface Job {
  readonly sample: FaceSample;
  readonly split: SplitName;
  readonly mode: ExpansionMode;
  /** The how-manieth image of this mode, from 0; the regions are taken in turn. */
  readonly index: number;
}

function expandFace(
  { sample, split, mode, index }: Job,
  peers: readonly FaceSample[],
  recipe: Recipe,
): ExpandedImage | null {
  const region = expansionRegions[index % expansionRegions.length]!;
  const variant = Math.floor(index / expansionRegions.length);
  const stream = createRandom(recipe.seed).split(sample.id).split(mode.name).split(region);
  const random = variant === 0 ? stream : stream.split(variant);
  const donor = mode.needsDonor ? chooseDonor(sample, peers, { region, random: random.split('donor') }) : null;
  if (mode.needsDonor && donor === null) return null;
  const { image, mask, manipulation } = mode.expand({ target: sample, donor, region, random });
  const id = `${sample.id}-${mode.name}-${region}-${variant}`;
  const row = createRow(recipe, {
    id,
    manipulation,
    mode: mode.name,
    region,
    parents: donor === null ? [sample.id] : [sample.id, donor.id],
    seed: random.seed,
    mask: `masks/${id}.png`,
    ...describeFace(sample, split),
  });
  return { row, image, mask };
}

/**
 * Makes every image of a data set, one at a time: each face as it is, then what the modes make of it. Donors come from the
 * face's own split. Each image depends on its faces, the recipe and the seed alone, not on what was made before it.
 *
 * @param faces the faces and their splits
 * @param recipe modes, label graph, annotation and seed
 * @returns images in the order of the faces, and `SkippedItem`s for what could not be made
 */
export function* expandFaces(
  { samples, splitOf }: SplitFaces,
  recipe: Recipe,
): Generator<ExpandedImage | SkippedItem, void, undefined> {
  for (const sample of samples) {
    const split = splitOf.get(sample.identity)!;
    const peers = samples.filter(({ identity }) => splitOf.get(identity) === split);
    yield createOriginal(sample, split, recipe);
    for (const mode of recipe.modes) {
      for (let index = 0; index < recipe.perFace; index++) {
        const made = expandFace({ sample, split, mode, index }, peers, recipe);
        yield made ?? {
          file: sample.source,
          reason: `${mode.name} of ${sample.id}: nobody else in the split ${split}`,
        };
      }
    }
  }
}

/** How many images {@link expandFaces} makes at most. */
export function countExpandedImages(samples: readonly FaceSample[], recipe: Recipe): number {
  return samples.length * (1 + recipe.modes.length * recipe.perFace);
}
