import type { Random } from '@sofd/core';
import { decodeImage, encodeJpeg, type PixelImage, resizeBicubic } from '@sofd/face';

/** Least part of the side to which a control is shrunk before it is enlarged again. */
const leastScale = 0.4;
/** JPEG qualities of controls, both included. */
const qualities = [50, 95] as const;

/**
 * Makes an unchanged pair's second image: shrunk and enlarged, then compressed, as files are on their way. Nothing that a person
 * would name is another.
 *
 * @param crop RGB
 * @param random how much of each is drawn from here
 */
export async function drawControl(crop: PixelImage, random: Random): Promise<PixelImage> {
  const { width, height } = crop;
  const scale = random.uniformBetween(leastScale, 1);
  const quality = Math.round(random.uniformBetween(...qualities));
  const small = resizeBicubic(crop, { width: Math.round(width * scale), height: Math.round(height * scale) });
  return await decodeImage(await encodeJpeg(resizeBicubic(small, { width, height }), { quality }));
}
