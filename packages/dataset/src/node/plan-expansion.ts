import type { SplitName } from '@sofd/core';
import { append } from '../append.js';
import { compareText } from '../compare-text.js';
import type { ExpansionMode } from '../expansion-mode.js';
import { clusterIdentities } from '../identity/cluster-identities.js';
import { countPublished, type SplitConflict, splitByGroup } from '../identity/split-by-group.js';
import { chooseDonor } from '../region-swap/choose-donor.js';
import type { FaceOutline } from '../region-swap/face-outline.js';
import { allowedRegions } from './allowed-regions.js';
import { type ExpandRecipe, hashJson } from './expand-recipe.js';
import type { FaceReference, FindJob, MakeJob, PlannedImage } from './jobs/expand-job.js';
import { type FoundFace, type FoundFaces, type SkippedItem, unpackFloats } from './jobs/found-face.js';
import { streamOf } from './jobs/make-images.js';
import type { ExpandInput, InputItem } from './read-input.js';
import { requireResult } from './work-folder.js';

/** Work folder and recipe. */
export interface PlanContext {
  readonly input: string;
  readonly work: string;
  readonly recipe: ExpandRecipe;
  readonly modes: readonly ExpansionMode[];
}

/** Every item once: the real ones with their fakes, fakes whose real one is not there by themselves. */
export function planFindJobs({ items }: ExpandInput, { input, work, recipe }: PlanContext): FindJob[] {
  const ids = new Set(items.map(({ id }) => id));
  const fakes = new Map<string, InputItem[]>();
  for (const item of items) if (item.real !== null && ids.has(item.real)) append(fakes, item.real, item);
  const toJobItem = ({ id, kind, files, hash }: InputItem) => ({ id, kind, files, hash });
  return items
    .filter(({ real }) => real === null || !ids.has(real))
    .map((item) => {
      const content = { item: toJobItem(item), fakes: (fakes.get(item.id) ?? []).map(toJobItem) };
      return { kind: 'find', key: hashJson({ ...content, recipe: recipe.find }), input, work, ...content };
    });
}

/** What the plan keeps of a face: no crop, so that the faces of a large data set fit into memory. */
interface PlannedFace {
  readonly reference: FaceReference;
  readonly item: InputItem;
  readonly outline: FaceOutline;
  readonly pair: string | null;
  /** The photograph's face, or all faces of one track: what is one person. */
  readonly unit: string;
  readonly descriptor: Float32Array | null;
}

/** Everything that was found. */
export interface FoundInput {
  readonly faces: readonly PlannedFace[];
  readonly skipped: readonly SkippedItem[];
  /** Items that could be read. */
  readonly read: number;
}

function toPlanned(face: FoundFace, found: string, { item, side }: { item: InputItem; side: number }): PlannedFace {
  const { id, pair, track, mesh, tones, descriptor } = face;
  return {
    reference: { id, found },
    item,
    outline: { id, identity: '', side, mesh: unpackFloats(mesh), tones: unpackFloats(tones) },
    pair,
    unit: track === null ? id : `${item.hash.slice(0, 12)}-${track}`,
    descriptor: descriptor === null ? null : unpackFloats(descriptor),
  };
}

/** Reads the results of find jobs. */
export async function readFoundInput(
  jobs: readonly FindJob[],
  input: ExpandInput,
  { work, recipe }: PlanContext,
): Promise<FoundInput> {
  const itemOf = new Map(input.items.map((item) => [item.id, item]));
  const faces: PlannedFace[] = [];
  const skipped: SkippedItem[] = [];
  let read = 0;
  for (const { key } of jobs) {
    const found = await requireResult<FoundFaces>(work, key);
    read += found.read;
    skipped.push(...found.skipped);
    for (const face of found.faces)
      faces.push(toPlanned(face, key, { item: itemOf.get(face.item)!, side: recipe.find.cropSize }));
  }
  return { faces: faces.sort((a, b) => compareText(a.reference.id, b.reference.id)), skipped, read };
}

/** The mean direction of some descriptors. */
function meanDescriptor(descriptors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(descriptors[0]!.length);
  for (const descriptor of descriptors) {
    const length = Math.hypot(...descriptor) || 1;
    for (let i = 0; i < mean.length; i++) mean[i]! += descriptor[i]! / length;
  }
  return mean;
}

/**
 * Who is shown, by face id. A name that the data set gives wins, for the item's main face: the one that is in most frames.
 * Others are told apart by their descriptors; a fake counts as the person of its real face, whom its group holds anyway.
 */
function nameFaces(faces: readonly PlannedFace[], threshold: number): Map<string, string> {
  const units = new Map<string, PlannedFace[]>();
  for (const face of faces) if (face.pair === null) append(units, face.unit, face);
  const main = new Map<string, string>();
  for (const [unit, own] of units) {
    const { id } = own[0]!.item;
    const known = main.get(id);
    if (known === undefined || own.length > units.get(known)!.length) main.set(id, unit);
  }
  const given = (unit: string, { item }: PlannedFace) => (main.get(item.id) === unit ? item.identity : null);
  const unnamed = [...units].filter(([unit, own]) => given(unit, own[0]!) === null);
  const { identityOf } = clusterIdentities(
    unnamed.map(([id, own]) => ({
      id,
      source: own[0]!.item.id,
      descriptor: meanDescriptor(own.map((face) => face.descriptor!)),
    })),
    { threshold },
  );
  const names = new Map<string, string>();
  for (const [unit, own] of units)
    for (const face of own) names.set(face.reference.id, given(unit, face) ?? identityOf.get(unit)!);
  for (const face of faces) if (face.pair !== null) names.set(face.reference.id, names.get(face.pair)!);
  return names;
}

/** A face, who it shows and where it goes. */
interface PlacedFace extends PlannedFace {
  readonly split: SplitName;
}

interface MakeContext extends Pick<PlanContext, 'input' | 'work'> {
  readonly showable: boolean;
  readonly recipeDigest: string;
}

/** What is to be made. */
export interface ExpansionPlan {
  readonly jobs: readonly MakeJob[];
  readonly skipped: readonly SkippedItem[];
  /** Photographs and videos that belong together, though they were published in different splits. */
  readonly conflicts: readonly SplitConflict[];
  /** Who is in which split. */
  readonly identities: Readonly<Record<SplitName, readonly string[]>>;
}

/** Whose regions a face may get. */
interface Candidates {
  /** Real faces of its split. */
  readonly peers: readonly FaceOutline[];
  /** Its published fakes. */
  readonly counterparts: readonly PlacedFace[];
  readonly referenceOf: ReadonlyMap<string, FaceReference>;
}

function planImages(
  face: PlacedFace,
  { peers, counterparts, referenceOf }: Candidates,
  { recipe, modes }: PlanContext,
): { images: PlannedImage[]; skipped: SkippedItem[] } {
  const images: PlannedImage[] = [];
  const skipped: SkippedItem[] = [];
  for (const mode of modes) {
    const regions = allowedRegions(mode, recipe.regions);
    for (let index = 0; index < recipe.perFace; index++) {
      const region = regions[index % regions.length]!;
      const image = { mode: mode.name, region, variant: Math.floor(index / regions.length) };
      if (mode.donor === 'none') {
        images.push({ ...image, donor: null });
        continue;
      }
      const random = streamOf(recipe.seed, face.reference.id, image).split('donor');
      if (mode.donor === 'pair' && counterparts.length > 0) {
        images.push({ ...image, donor: random.pick(counterparts).reference });
        continue;
      }
      const donor = chooseDonor(face.outline, peers, { region, random });
      if (donor !== null) images.push({ ...image, donor: referenceOf.get(donor.id)! });
      else {
        const reason = `${mode.name} of ${face.reference.id}: nobody else in the split ${face.split}`;
        skipped.push({ file: face.item.id, cause: 'no donor', reason });
      }
    }
  }
  return { images, skipped };
}

function planFace(
  face: PlacedFace,
  images: readonly PlannedImage[],
  { input, work, showable, recipeDigest }: MakeContext,
): MakeJob {
  const { manipulation, method } = face.item;
  const content = {
    ...{ face: face.reference, identity: face.outline.identity, split: face.split },
    ...{ manipulation, method, showable, images },
  };
  return { kind: 'make', key: hashJson({ ...content, recipe: recipeDigest }), input, work, ...content };
}

/** Faces of one photograph are those of several people, who may be in different splits; faces of one video never are. */
const groupsOf = ({ id, kind, groups }: InputItem) =>
  kind === 'image' ? groups.filter((group) => group !== id) : groups;

/** The conflicts of faces as those of the photographs and videos that show them. */
function toItemConflicts(conflicts: readonly SplitConflict[], faces: readonly PlannedFace[]): SplitConflict[] {
  const itemOf = new Map(faces.map(({ reference, item }) => [reference.id, item]));
  const ofItems = conflicts.map(({ ids, split }) => {
    const items = [...new Set(ids.map((id) => itemOf.get(id)!))];
    return { ids: items.map(({ id }) => id).sort(compareText), published: countPublished(items), split };
  });
  return ofItems.sort((a, b) => compareText(a.ids[0]!, b.ids[0]!));
}

/** Names every face and assigns it to a split. */
function placeFaces(
  faces: readonly PlannedFace[],
  recipe: ExpandRecipe,
): { readonly faces: readonly PlacedFace[]; readonly conflicts: readonly SplitConflict[] } {
  const names = nameFaces(faces, recipe.identityThreshold);
  const named = faces.map((face) => ({
    ...face,
    outline: { ...face.outline, identity: names.get(face.reference.id)! },
  }));
  const { splitOf, conflicts } = splitByGroup(
    named.map(({ reference: { id }, outline: { identity }, item }) => ({
      id,
      identity,
      groups: groupsOf(item),
      split: item.split,
    })),
    recipe,
  );
  return {
    faces: named.map((face) => ({ ...face, split: splitOf.get(face.reference.id)! })),
    conflicts: toItemConflicts(conflicts, named),
  };
}

/** Lists the faces of each split, or of each real face. */
function groupFaces(faces: readonly PlacedFace[], key: (face: PlacedFace) => string): Map<string, PlacedFace[]> {
  const groups = new Map<string, PlacedFace[]>();
  for (const face of faces) append(groups, key(face), face);
  return groups;
}

/**
 * Decides who is shown, who is in which split, and what is made of each face; donors come from the face's own split.
 *
 * Only faces that are real are altered: a fake comes with a label of its own.
 *
 * @throws DatasetError where there are too few people for the splits
 */
export function planMakeJobs(found: FoundInput, context: PlanContext & { readonly showable: boolean }): ExpansionPlan {
  const { faces, conflicts } = placeFaces(found.faces, context.recipe);
  const recipeDigest = hashJson(context.recipe);
  const isReal = ({ item }: PlannedFace) => item.label === 'real';
  const referenceOf = new Map(faces.map(({ reference }) => [reference.id, reference]));
  const peersOf = new Map(
    [...groupFaces(faces.filter(isReal), ({ split }) => split)].map(
      ([split, own]) => [split as string, own.map(({ outline }) => outline)] as const,
    ),
  );
  const fakesOf = groupFaces(
    faces.filter(({ pair }) => pair !== null),
    ({ pair }) => pair!,
  );
  const jobs: MakeJob[] = [];
  const skipped: SkippedItem[] = [];
  for (const face of faces) {
    const peers = peersOf.get(face.split) ?? [];
    const candidates = { peers, counterparts: fakesOf.get(face.reference.id) ?? [], referenceOf };
    const planned = isReal(face) ? planImages(face, candidates, context) : { images: [], skipped: [] };
    skipped.push(...planned.skipped);
    jobs.push(planFace(face, planned.images, { ...context, recipeDigest }));
  }
  const peopleIn = (split: SplitName) =>
    [...new Set(faces.filter((face) => face.split === split).map(({ outline }) => outline.identity))].sort(compareText);
  return {
    jobs,
    skipped,
    conflicts,
    identities: { train: peopleIn('train'), validation: peopleIn('validation'), test: peopleIn('test') },
  };
}
