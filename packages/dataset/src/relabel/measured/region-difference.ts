import { computeEyeDistance, drawRegionMask, type FaceRegion, type PixelImage } from '@sofd/face';
import { blurGaussian } from '../../blend/gaussian-blur.js';
import { convertRgbToLab } from '../../blend/lab-color.js';

/**
 * Deviation of the smoothing in distances of the eyes. Without it the largest differences are those of grain and of edges that
 * moved by a pixel, which resampling makes too.
 */
const smoothing = 0.05;

/** The regions that are compared. */
const comparedRegions = ['eyes', 'eyebrow', 'lip', 'mouth', 'nose', 'skin'] as const satisfies readonly FaceRegion[];

/** A region that is compared, or what lies outside of the face. */
export type ComparedRegion = (typeof comparedRegions)[number] | 'background';

/** Squared CIE 1976 colour difference of every pixel, `[height, width]`, both images smoothed. */
function compareColors(real: PixelImage, altered: PixelImage, sigma: number): Float64Array {
  const first = convertRgbToLab(real.data);
  const second = convertRgbToLab(altered.data);
  const squares = new Float64Array(real.width * real.height);
  for (const channel of [0, 1, 2]) {
    // Smoothing is linear: that of the difference is the difference of the smoothed.
    const plane = Float32Array.from(squares, (_, i) => second[3 * i + channel]! - first[3 * i + channel]!);
    const smooth = blurGaussian(plane, real, sigma);
    for (let i = 0; i < squares.length; i++) squares[i]! += smooth[i]! ** 2;
  }
  return squares;
}

/** Root of the mean over a mask; 0 where the mask is empty. */
function averageOver(squares: Float64Array, mask: Float32Array): number {
  let [sum, weights] = [0, 0];
  for (let i = 0; i < squares.length; i++) {
    sum += mask[i]! * squares[i]!;
    weights += mask[i]!;
  }
  return weights === 0 ? 0 : Math.sqrt(sum / weights);
}

/**
 * Compares two crops region by region: `sqrt(sum m dE^2 / sum m)` with the region's soft mask m and the CIE 1976 colour
 * difference dE of the images, smoothed by a twentieth of the distance of the eyes.
 *
 * @param real RGB crop
 * @param altered crop of the same size, cut by the same box
 * @param mesh of the real face in crop pixels, `[468 or more, 2]`
 * @returns colour differences, 0 or more; 1 can just be seen, 100 is from black to white
 */
export function compareRegions(
  real: PixelImage,
  altered: PixelImage,
  mesh: Float32Array,
): Readonly<Record<ComparedRegion, number>> {
  const squares = compareColors(real, altered, smoothing * computeEyeDistance(mesh));
  const draw = (region: FaceRegion) => drawRegionMask(mesh, region, real).data;
  const [skin, face] = [draw('skin'), draw('face')];
  const outside = skin.map((weight, i) => 1 - Math.max(weight, face[i]!));
  const differences = comparedRegions.map((region) => [region, averageOver(squares, draw(region))] as const);
  const background = averageOver(squares, outside);
  return { ...(Object.fromEntries(differences) as Record<(typeof comparedRegions)[number], number>), background };
}
