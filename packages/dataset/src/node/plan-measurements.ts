import { append } from '../append.js';
import { hashJson } from './expand-recipe.js';
import type { MeasureJob } from './jobs/expand-job.js';
import { imageIdOf } from './jobs/make-images.js';
import type { ExpansionPlan, FoundInput, PlanContext } from './plan-expansion.js';

/**
 * Every real face with what was made of it: by modes, and by those who published its fakes. A fake whose real face is not there
 * has nothing to be compared with.
 */
export function planMeasureJobs(
  { jobs }: ExpansionPlan,
  { faces }: FoundInput,
  { input, work, recipe }: PlanContext,
): MeasureJob[] {
  if (recipe.measure === null) return [];
  const recipeDigest = hashJson(recipe);
  const fakesOf = new Map<string, string[]>();
  for (const { pair, reference } of faces) if (pair !== null) append(fakesOf, pair, reference.id);
  return jobs.flatMap(({ face, split, images }) => {
    const made = images.map((image) => imageIdOf(face.id, image));
    const content = { face, split, images: [...made, ...(fakesOf.get(face.id) ?? [])] };
    if (content.images.length === 0) return [];
    return [{ kind: 'measure' as const, key: hashJson({ ...content, recipe: recipeDigest }), input, work, ...content }];
  });
}
