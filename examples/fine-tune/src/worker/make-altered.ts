import { createRandom, type Progress } from '@sofd/core';
import { chooseDonor, measureOutline, regionSwap } from '@sofd/dataset';
import { breathe, type LabelledFace } from './find-faces.js';

/** The regions that {@link regionSwap} exchanges, taken in turn. */
const regions = ['eyes', 'mouth', 'nose'] as const;

/**
 * Makes an altered face of every real one: one region becomes that of another person who looks alike, by the expansion mode
 * of `sofd expand`.
 *
 * @param faces of one part of the people, so that nobody's eyes cross over
 */
export async function makeAlteredFaces(
  faces: readonly LabelledFace[],
  { seed, onProgress }: { readonly seed: number; readonly onProgress: Progress },
): Promise<readonly LabelledFace[]> {
  const real = faces.filter(({ kind }) => kind === 'real');
  const outlines = real.map(measureOutline);
  const made: LabelledFace[] = [];
  for (const [index, target] of real.entries()) {
    onProgress({ stage: 'Making altered faces', done: index, total: real.length });
    await breathe();
    const region = regions[index % regions.length]!;
    const random = createRandom(seed).split(target.id).split(region);
    const chosen = chooseDonor(outlines[index]!, outlines, { region, random: random.split('donor') });
    const donor = real.find(({ id }) => id === chosen?.id);
    if (donor === undefined) continue;
    const { image } = regionSwap.expand({ target, donor, region, random: random.split('swap') });
    const name = `${target.name} with the ${region} of ${donor.name}`;
    made.push({ ...target, id: `${target.id}/${region}`, name, kind: `expansion:${region}`, crop: image });
  }
  return made;
}
