import { createRandom, DatasetError, type DatasetRow, throwIfAborted } from '@sofd/core';
import { faceCropVersion } from '@sofd/face';
import type { ExpansionMode } from '../../expansion-mode.js';
import type { FaceSample } from '../../face-sample.js';
import { relabel } from '../../relabel/relabel.js';
import { hashBytes } from '../compute-digest.js';
import { encodeImagePng, encodeMaskPng } from '../encode-png.js';
import { type ExpandRecipe, resolveLabels } from '../expand-recipe.js';
import { workPaths, writeWhole } from '../work-folder.js';
import type { FaceReference, MakeJob, PlannedImage } from './expand-job.js';
import { type FoundFace, loadSample, readFoundFace } from './found-face.js';

/** Result of a make job. */
export interface MadeImages {
  readonly rows: readonly DatasetRow[];
  /** SHA-256 of every file that was written, by its path in the data set. */
  readonly hashes: Readonly<Record<string, string>>;
}

interface MakeContext {
  readonly modes: readonly ExpansionMode[];
  readonly recipe: ExpandRecipe;
  readonly signal: AbortSignal | undefined;
}

/** The stream of one image: it depends on its face, mode and place alone, not on what was made before it. */
export const streamOf = (seed: string, face: string, { mode, region, variant }: Omit<PlannedImage, 'donor'>) => {
  const stream = createRandom(seed).split(face).split(mode).split(region);
  return variant === 0 ? stream : stream.split(variant);
};

/** Id of the row of one image. */
export const imageIdOf = (face: string, { mode, region, variant }: Omit<PlannedImage, 'donor'>): string =>
  `${face}-${mode}-${region}-${variant}`;

/** What all rows of a face have in common. */
interface RowContext {
  readonly job: MakeJob;
  readonly face: FoundFace;
  readonly labels: ReturnType<typeof resolveLabels>;
}

type DrawnFields = Pick<DatasetRow, 'id' | 'manipulation' | 'mode' | 'region' | 'parents' | 'seed' | 'mask' | 'method'>;

function createRow(fields: DrawnFields, { job, face, labels: { graph, annotation } }: RowContext): DatasetRow {
  const { id, manipulation, mode, region, parents, seed, mask, method } = fields;
  const { label, targets, altered } = relabel(graph, manipulation, annotation);
  const { source, video, frame, track, quality } = face;
  const { identity, split, showable } = job;
  return {
    file_name: `${split}/${id}.png`,
    ...{ id, label, manipulation, targets: [...targets], altered: [...altered], mode, region },
    ...{ identity, source, method, video, frame, track, quality, showable, parents, split, seed, mask },
    crop: faceCropVersion,
    measured: null,
  };
}

function findMode(modes: readonly ExpansionMode[], name: string): ExpansionMode {
  const mode = modes.find((one) => one.name === name);
  if (mode !== undefined) return mode;
  throw new DatasetError(
    `expandFolder: expected a mode out of ${modes.map((one) => one.name).join(', ')}, got ${name}; ` +
      'run the expansion with the modes that it was started with',
  );
}

/**
 * Makes the images of one face: the face as it is, then what the modes make of it.
 *
 * @param job face, split and images, as planned
 * @param context modes, recipe and a signal
 * @returns rows and file digests; the files lie in the work folder's data set
 */
export async function makeImages(job: MakeJob, { modes, recipe, signal }: MakeContext): Promise<MadeImages> {
  const { work } = job;
  const face = await readFoundFace(work, job.face);
  const target = await loadSample(work, face, job.identity);
  const rows: DatasetRow[] = [];
  const hashes: Record<string, string> = {};
  const write = async (path: string, bytes: Uint8Array) => {
    await writeWhole(work, `${workPaths.data}/${path}`, bytes);
    hashes[path] = hashBytes(bytes);
  };
  const donors = new Map<string, FaceSample>();
  const loadDonor = async (reference: FaceReference) => {
    const donor = donors.get(reference.id) ?? (await loadSample(work, await readFoundFace(work, reference), ''));
    donors.set(reference.id, donor);
    return donor;
  };
  const context: RowContext = { job, face, labels: resolveLabels(recipe) };
  const { manipulation, method } = job;
  const original = createRow(
    {
      ...{ id: face.id, manipulation, method, mode: 'original', region: null, mask: null },
      parents: face.pair === null ? [] : [face.pair],
      seed: createRandom(recipe.seed).split(face.id).seed,
    },
    context,
  );
  await write(original.file_name, await encodeImagePng(target.crop));
  rows.push(original);
  for (const image of job.images) {
    throwIfAborted(signal, 'expandFolder');
    const { mode, region } = image;
    const random = streamOf(recipe.seed, face.id, image);
    const donor = image.donor === null ? null : await loadDonor(image.donor);
    const made = findMode(modes, mode).expand({ target, donor, region, random });
    const id = imageIdOf(face.id, image);
    const row = createRow(
      {
        ...{ id, manipulation: made.manipulation, method: null, mode, region, mask: `masks/${id}.png` },
        parents: donor === null ? [face.id] : [face.id, donor.id],
        seed: random.seed,
      },
      context,
    );
    await write(row.file_name, await encodeImagePng(made.image));
    await write(row.mask!, await encodeMaskPng(made.mask));
    rows.push(row);
  }
  return { rows, hashes };
}
