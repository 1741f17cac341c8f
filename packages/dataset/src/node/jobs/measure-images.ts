import { join } from 'node:path';
import { createRandom, type MeasuredChange, throwIfAborted } from '@sofd/core';
import { decodeImage, type FaceFinder, type PixelImage } from '@sofd/face';
import { describeCrop } from '../../relabel/measured/describe-crop.js';
import { drawControl } from '../../relabel/measured/draw-control.js';
import { measureChange } from '../../relabel/measured/measure-change.js';
import type { ExpandRecipe } from '../expand-recipe.js';
import { workPaths } from '../work-folder.js';
import type { MeasureJob } from './expand-job.js';
import { loadSample, readFoundFace } from './found-face.js';

/** Result of a measure job. */
export interface MeasuredImages {
  /** By row id: what changed against the real face. */
  readonly changes: Readonly<Record<string, MeasuredChange>>;
  /** The same of the real face after nothing but resampling and compression. */
  readonly control: MeasuredChange;
}

interface MeasureContext {
  readonly finder: FaceFinder;
  readonly recipe: ExpandRecipe;
  readonly signal: AbortSignal | undefined;
}

/** To four digits after the point: finer than any quantity is known, and rows stay readable. */
const roundChange = (change: MeasuredChange): MeasuredChange =>
  Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, value === null ? null : Math.round(value * 1e4) / 1e4]),
  ) as unknown as MeasuredChange;

/**
 * Measures what the images that were made of a face differ in from it.
 *
 * @param job the face and its images, as planned; their files lie in the work folder's data set
 * @param context finder, recipe and a signal
 */
export async function measureImages(
  { work, face: reference, split, images }: MeasureJob,
  { finder, recipe, signal }: MeasureContext,
): Promise<MeasuredImages> {
  const { crop, mesh } = await loadSample(work, await readFoundFace(work, reference), '');
  const real = await describeCrop(finder, crop, mesh);
  const measure = async (altered: PixelImage) =>
    roundChange(measureChange(real, await describeCrop(finder, altered, mesh), mesh));
  const changes: Record<string, MeasuredChange> = {};
  for (const id of images) {
    throwIfAborted(signal, 'expandFolder');
    changes[id] = await measure(await decodeImage(join(work, workPaths.data, split, `${id}.png`)));
  }
  const random = createRandom(recipe.seed).split(reference.id).split('control');
  return { changes, control: await measure(await drawControl(crop, random)) };
}
