import type { Random } from '@sofd/core';
import type { Mask, PixelImage } from '@sofd/face';
import { blendImage } from './blend-image.js';
import { cutImage, cutMask, findMaskWindow, pasteImage, type Window } from './mask-window.js';
import { matchBorder } from './match-border.js';
import { matchDetail } from './match-detail.js';
import { blendPoisson } from './poisson-blend.js';
import { transferColor } from './transfer-color.js';

/**
 * How a source takes on the target's colours: not at all; by mean and deviation in a colour space and the slow difference along
 * the border; or by Poisson blending.
 */
export type ColorTransfer = 'none' | 'lab' | 'rgb' | 'seamless';

/** What a composite may draw from; a swap and its control have to be given the same. */
export interface CompositeOptions {
  /** One is drawn an image. Lab or RGB unless told otherwise. */
  readonly colors?: readonly ColorTransfer[];
  /** The mask is multiplied by one of them, in 0..1; {0.75, 1, 1, 1} unless told otherwise. */
  readonly blendRatios?: readonly number[];
}

/** The ratios that the mask is multiplied by; three of four are 1. @see method.md section 8 */
const defaultRatios = [0.75, 1, 1, 1] as const;

/** Reach of the border correction as a part of the crop's width. */
const borderReach = 0.04;

/** How far drawn tone and sharpness leave the target's: parts of 1 for gain and detail, grey levels for the offset. */
const jitter = { gain: 0.03, offset: 3, detail: 0.25 } as const;

/** What {@link compositeRegion} draws for one image. */
interface CompositeInput extends CompositeOptions {
  readonly mask: Mask;
  readonly random: Random;
}

/** A window a pixel wider: Poisson blending needs the target's pixels around the mask. */
function widen({ left, top, width, height }: Window, image: PixelImage): Window {
  const [x, y] = [Math.max(0, left - 1), Math.max(0, top - 1)];
  const right = Math.min(image.width, left + width + 1);
  const bottom = Math.min(image.height, top + height + 1);
  return { left: x, top: y, width: right - x, height: bottom - y };
}

/**
 * Brings a source region into a target: colour transfer, soft blend. With the statistics of `lab` and `rgb` also a border
 * correction and a small tone change.
 *
 * Modes that swap and modes that control go through it with draws of one distribution, so that the control has the swap's seams
 * and the seam alone cannot tell an altered face from a real one.
 *
 * @param target the crop that is altered
 * @param source an image of the same size whose region lies where the mask is
 * @param input soft mask, the random stream of this item, and what may be drawn
 * @returns a new image, equal to the target wherever the mask is 0
 */
export function compositeRegion(
  target: PixelImage,
  source: PixelImage,
  { mask, random, colors = ['lab', 'rgb'], blendRatios = defaultRatios }: CompositeInput,
): PixelImage {
  const color = random.pick(colors);
  const alpha = random.pick(blendRatios);
  const gain = 1 + random.uniformBetween(-jitter.gain, jitter.gain);
  const offset = random.uniformBetween(-jitter.offset, jitter.offset);
  const factor = 1 + random.uniformBetween(-jitter.detail, jitter.detail);
  const tight = findMaskWindow(mask);
  if (tight === null) return target;
  // Nothing outside of the mask counts, and a region is a tenth of a crop.
  const window = color === 'seamless' ? widen(tight, target) : tight;
  const [part, partMask] = [cutImage(target, window), cutMask(mask, window)];
  const sourcePart = cutImage(source, window);
  const paste = (values: ArrayLike<number>) =>
    pasteImage(target, blendImage(part, values, { mask: partMask, alpha }), window);
  if (color === 'none') return paste(sourcePart.data);
  if (color === 'seamless') return paste(blendPoisson(sourcePart.data, part, partMask));
  const colored = transferColor(sourcePart, part, { mask: partMask, space: color });
  const detailed = matchDetail(colored, part, { mask: partMask, factor });
  const matched = matchBorder(detailed, part, { mask: partMask, reach: borderReach * target.width });
  return paste(matched.map((value) => (value - 128) * gain + 128 + offset));
}
