import type { Random } from '@sofd/core';
import type { Mask, PixelImage } from '@sofd/face';
import { blendImage } from './blend-image.js';
import { cutImage, cutMask, findMaskWindow, pasteImage } from './mask-window.js';
import { matchBorder } from './match-border.js';
import { transferColor } from './transfer-color.js';

/** The ratios that the mask is multiplied by; three of four are 1. @see method.md section 8 */
const blendRatios = [0.75, 1, 1, 1] as const;

/** Reach of the border correction as a part of the crop's width. */
const borderReach = 0.04;

/** How far the drawn tone leaves the target's, a part of 1 for the gain and grey levels for the offset. */
const toneJitter = { gain: 0.03, offset: 3 } as const;

/**
 * Brings a source region into a target: colour transfer, border correction, a small tone change, soft blend.
 *
 * Both modes go through it with draws of one distribution, so that the control has the swap's seams and the seam alone
 * cannot tell an altered face from a real one.
 *
 * @param target the crop that is altered
 * @param source an image of the same size whose region lies where the mask is
 * @param options soft mask, and the random stream of this item
 * @returns a new image, equal to the target wherever the mask is 0
 */
export function compositeRegion(
  target: PixelImage,
  source: PixelImage,
  { mask, random }: { readonly mask: Mask; readonly random: Random },
): PixelImage {
  const space = random.pick(['lab', 'rgb'] as const);
  const alpha = random.pick(blendRatios);
  const gain = 1 + random.uniformBetween(-toneJitter.gain, toneJitter.gain);
  const offset = random.uniformBetween(-toneJitter.offset, toneJitter.offset);
  const window = findMaskWindow(mask);
  if (window === null) return target;
  // Nothing outside of the mask counts, and a region is a tenth of a crop.
  const [part, partMask] = [cutImage(target, window), cutMask(mask, window)];
  const colored = transferColor(cutImage(source, window), part, { mask: partMask, space });
  const matched = matchBorder(colored, part, { mask: partMask, reach: borderReach * target.width });
  const toned = matched.map((value) => (value - 128) * gain + 128 + offset);
  return pasteImage(target, blendImage(part, toned, { mask: partMask, alpha }), window);
}
