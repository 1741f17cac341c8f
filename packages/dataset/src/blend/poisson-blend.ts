import type { Mask, PixelImage } from '@sofd/face';
import { type MembraneGrid, solveMembrane } from './solve-membrane.js';

/** The solution is at most this many grey levels off: half of what rounding to 8 bits takes. */
const maxError = 0.25;

/** Membrane values whose edge is pinned to the target's differences: outside of the mask known, inside unknown. */
function createGrid({ width, height, data }: Mask): MembraneGrid {
  return { width, height, unknown: Uint8Array.from(data, (value) => (value > 0 ? 1 : 0)) };
}

/**
 * Changes a source's colours so that it continues the target at the mask's edge and keeps its own gradients inside: Poisson
 * image editing.
 *
 * The wanted `f` has `laplacian f = laplacian source` where the mask is above 0 and `f = target` around it. Then `d = f - source`
 * is a membrane, `laplacian d = 0` with `d = target - source` around the mask, which is what is solved for, a channel at a time.
 * The image's own border is free (no gradient across it).
 *
 * @param source channel values of the mask's size, `[height, width, 3]`
 * @param target image of the mask's size
 * @param mask the region; pixels above 0 are solved for
 * @returns channel values, within 0.25 grey levels of the exact solution, `[height, width, 3]`; the target's where the mask is 0.
 * Where the mask leaves no pixel of the target, the source as it is
 * @see P. Perez, M. Gangnet, A. Blake, "Poisson Image Editing", SIGGRAPH 2003
 */
export function blendPoisson(source: ArrayLike<number>, target: PixelImage, mask: Mask): Float32Array {
  const grid = createGrid(mask);
  const count = mask.data.length;
  const blended = Float32Array.from(target.data);
  for (let c = 0; c < 3; c++) {
    const difference = new Float64Array(count);
    for (let i = 0; i < count; i++) if (!grid.unknown[i]) difference[i] = target.data[3 * i + c]! - source[3 * i + c]!;
    const membrane = solveMembrane(grid, difference, maxError);
    for (let i = 0; i < count; i++) if (grid.unknown[i]) blended[3 * i + c] = source[3 * i + c]! + membrane[i]!;
  }
  return blended;
}
