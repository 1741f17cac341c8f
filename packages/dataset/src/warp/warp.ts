import { DatasetError } from '@sofd/core';
import type { Mask, PixelImage } from '@sofd/face';
import { sampleBicubic } from '../blend/sample-image.js';
import type { ExpansionInput, ExpansionMode, ExpansionOutput } from '../expansion-mode.js';
import { computeDisplacementField, type DisplacementField, findLeastJacobian } from './displacement-field.js';
import { drawRegionEdit, type WarpRegion } from './region-edit.js';

const regions = ['eyes', 'nose', 'mouth', 'eyebrow'] as const satisfies readonly WarpRegion[];

/**
 * Pixels that would move less than this stay as they are. The step that it leaves at the mask's edge is a sixteenth of the
 * difference of two neighbours: under one grey level wherever neighbours differ by less than 16.
 */
const leastMove = 1 / 16;

/** Where the skin would be squeezed below a quarter of its area, the edit is made smaller: folded skin is nobody's. */
const leastArea = 0.25;

/** A field of the edits that does not fold; each try moves a fifth less. */
function computeField({ target, random }: ExpansionInput, region: WarpRegion): DisplacementField {
  let edits = drawRegionEdit(target.mesh, region, random.split('edit'));
  for (;;) {
    const field = computeDisplacementField(target.crop, edits);
    // NaN, of a mesh that is no mesh, ends the search too.
    if (!(findLeastJacobian(field) < leastArea)) return field;
    edits = edits.map((edit) => ({ ...edit, displacements: edit.displacements.map(([x, y]) => [0.8 * x, 0.8 * y]) }));
  }
}

/** Draws the image through the field; the mask says how far each pixel moved, 1 from one pixel on. */
function drawThroughField(crop: PixelImage, field: DisplacementField): { image: PixelImage; mask: Mask } {
  const { width, height } = crop;
  const data = Uint8ClampedArray.from(crop.data);
  const mask = new Float32Array(width * height);
  for (let i = 0; i < mask.length; i++) {
    const [u, v] = [field.x[i]!, field.y[i]!];
    const moved = Math.hypot(u, v);
    if (!(moved > leastMove)) continue;
    mask[i] = Math.min(1, moved);
    sampleBicubic(crop, [(i % width) + u, Math.floor(i / width) + v], { data, at: 3 * i });
  }
  return { image: { width, height, data }, mask: { width, height, data: mask } };
}

function isWarpRegion(region: string): region is WarpRegion {
  return (regions as readonly string[]).includes(region);
}

function expand(input: ExpansionInput): ExpansionOutput {
  const { target, region } = input;
  if (!isWarpRegion(region)) {
    throw new DatasetError(
      `warp.expand: expected a region out of ${regions.join(', ')} for ${target.id}, got ${region}; take one of warp.regions`,
    );
  }
  const { image, mask } = drawThroughField(target.crop, computeField(input, region));
  return { image, mask, region, manipulation: region === 'mouth' ? 'expansion:expression' : `expansion:${region}` };
}

/**
 * Changes one region's geometry and pastes nothing: eyes larger or smaller, the nose wider or narrower, the corners of the mouth
 * up or down as an expression moves them, the brows up or down. There is no seam to find.
 *
 * A thin-plate spline carries the landmarks to their new places. It is chosen over moving least squares because it bends the
 * skin between the landmarks least of all fields that hit them exactly, and a smaller move gives a smaller field, so that an
 * edit that would fold the skin can be scaled down. A spline reaches everywhere; pinned to zero on a ring about the
 * region and faded out towards it, it ends there. Where pixels move by less than 1/16 of a pixel the mask is 0 and the crop is
 * untouched.
 *
 * @see F. Bookstein, "Principal Warps", 1989; S. Schaefer et al., "Image Deformation Using Moving Least Squares", 2006
 */
export const warp: ExpansionMode = { name: 'warp', donor: 'none', regions, expand };
