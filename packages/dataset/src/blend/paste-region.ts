import { drawRegionMask, type Mask, type Matrix2x3, type PixelImage, transformPoints } from '@sofd/face';
import type { ExpansionInput, ExpansionOutput } from '../expansion-mode.js';
import type { FaceSample } from '../face-sample.js';
import { combineMasks, limitMaskToImage } from './combine-masks.js';
import { compositeRegion } from './composite-region.js';
import { excludeHair } from './exclude-hair.js';
import type { PasteOptions } from './paste-options.js';

/** The face that a region comes from, and how it is laid over the target. */
interface PastedFace {
  readonly face: Pick<FaceSample, 'crop' | 'mesh'>;
  /** From the pixels of its crop to those of the target's. */
  readonly matrix: Matrix2x3;
  /**
   * Brings its crop to where the matrix says.
   *
   * @param reached nothing outside of this mask is asked for
   */
  draw(reached: Mask): PixelImage;
}

/**
 * Pastes a region of a face into the target: soft mask, colours and blend.
 *
 * A swap and its control both go through it, so that they differ in the face that is pasted and in nothing else. The mask is the
 * union of the region in both faces, by the same draws: it hides the target's and shows the whole of the other's. It is closed
 * where the pasted crop has no pixels, and for skin where hair lies before it.
 *
 * @param input the target, the region and the random stream of this item
 * @param pasted the face that the region comes from
 * @param options softness of the mask, colour transfer and blend ratios
 * @returns the image, equal to the target wherever the mask is 0, and the mask
 */
export function pasteRegion(
  { target, region, random }: Omit<ExpansionInput, 'donor'>,
  { face, matrix, draw }: PastedFace,
  options: PasteOptions,
): Pick<ExpansionOutput, 'image' | 'mask'> {
  const { width, height } = target.crop;
  const drawMask = (mesh: Float32Array) =>
    drawRegionMask(mesh, region, { width, height, random: random.split('mask'), softness: options.softness });
  const moved = transformPoints(face.mesh, matrix);
  const reached = limitMaskToImage(combineMasks(drawMask(target.mesh), drawMask(moved)), face.crop, matrix);
  const source = draw(reached);
  const mask = region === 'skin' ? excludeHair(reached, source, moved) : reached;
  const image = compositeRegion(target.crop, source, { ...options, mask, random: random.split('composite') });
  return { image, mask };
}
