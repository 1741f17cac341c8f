import { computeEyeDistance, drawRegionMask, type Mask, type PixelImage, transformPoints } from '@sofd/face';
import { combineMasks } from './combine-masks.js';
import { blurGaussian } from './gaussian-blur.js';
import { convertRgbToLab } from './lab-color.js';
import { cutImage, findMaskWindow } from './mask-window.js';

/** Deviations from the skin's colour, in robust standard deviations: below the first it is skin, from the second on it is not. */
const skinRange = [2.2, 3.5] as const;

/** No face counts as of fewer shades than these deviations of L*, a* and b*: even light is no reason to cut out a cheek's red. */
const leastDeviation = [5, 3, 4] as const;

/** Grain and single strands are smoothed away before, and the edge of what is cut out after, by parts of the eyes' distance. */
const smoothing = { before: 0.03, after: 0.05 } as const;

function medianOf(values: Float32Array): number {
  return Float32Array.from(values).sort()[values.length >> 1] ?? 0;
}

/** How far each pixel's colour is from the skin's, in robust deviations of the channel that differs most, `[height, width]`. */
function measureDeviation(source: PixelImage, skin: Mask, sigma: number): Float32Array {
  const lab = convertRgbToLab(source.data);
  const deviation = new Float32Array(skin.data.length);
  for (let c = 0; c < 3; c++) {
    const plane = blurGaussian(
      Float32Array.from(skin.data, (_, i) => lab[3 * i + c]!),
      source,
      sigma,
    );
    const values = plane.filter((_, i) => skin.data[i]! > 0.5);
    const median = medianOf(values);
    // 1.4826 makes the median absolute deviation the standard deviation of a normal distribution.
    const spread = Math.max(leastDeviation[c]!, 1.4826 * medianOf(values.map((value) => Math.abs(value - median))));
    plane.forEach((value, i) => {
      deviation[i] = Math.max(deviation[i]!, Math.abs(value - median) / spread);
    });
  }
  return deviation;
}

/**
 * Closes a mask where hair, a hand or the background lies before the skin of a source: pasted onto another face they are the
 * first thing that a person sees. Eyes, brows and lips are no skin and stay.
 *
 * @param mask soft mask
 * @param source the image that is pasted, of the mask's size
 * @param mesh of the face in the source, in its pixels
 * @returns a mask that is nowhere larger
 */
export function excludeHair(mask: Mask, source: PixelImage, mesh: Float32Array): Mask {
  const window = findMaskWindow(mask);
  if (window === null) return mask;
  const { left, top, width, height } = window;
  const moved = transformPoints(mesh, [1, 0, -left, 0, 1, -top]);
  const distance = computeEyeDistance(mesh);
  const draw = (region: 'skin' | 'eyes' | 'eyebrow' | 'mouth') => drawRegionMask(moved, region, { width, height });
  const features = combineMasks(combineMasks(draw('eyes'), draw('eyebrow')), draw('mouth'));
  const deviation = measureDeviation(cutImage(source, window), draw('skin'), smoothing.before * distance);
  const [low, high] = skinRange;
  const cover = deviation.map((value, i) => {
    const outside = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return outside * (1 - features.data[i]!);
  });
  const soft = blurGaussian(cover, window, smoothing.after * distance);
  const data = Float32Array.from(mask.data);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) data[(top + y) * mask.width + left + x]! *= 1 - Math.min(1, soft[i]!);
  }
  return { ...mask, data };
}
