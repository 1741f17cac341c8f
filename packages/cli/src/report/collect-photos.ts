import { basename } from 'node:path';
import type { ReportFace, ReportPhoto } from '@sofd/evaluation/report';
import { cropFace, decodeImage, encodeJpeg, type Landmarks5, type PixelImage, resizeBicubic } from '@sofd/face';
import type { DetectedFace } from '@sofd/inference';
import type { FileDetection } from '../commands/detect.js';

/** Long side of the pictures in a report, pixels: sharp on a phone, small in the file. */
const photoSize = 1280;
const thumbnailSize = 160;
const quality = 82;

function shrink(image: PixelImage, side: number): PixelImage {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  if (scale === 1) return image;
  return resizeBicubic(image, { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
}

async function collectFace(photo: PixelImage, face: DetectedFace): Promise<ReportFace> {
  const { box, probability, verdict, labels, explanation, landmarks } = face;
  const points = landmarks?.map(({ x, y }) => [x, y]) as Landmarks5 | undefined;
  const crop = points === undefined ? photo : cropFace(photo, points).image;
  return {
    crop: await encodeJpeg(shrink(crop, thumbnailSize), { quality }),
    box,
    probability,
    verdict,
    labels,
    summary: explanation.summary,
  };
}

/**
 * Pictures and findings of the photographs that could be read.
 *
 * @param detections - answers of `sofd detect`, file by file
 */
export async function collectPhotos(detections: readonly FileDetection[]): Promise<ReportPhoto[]> {
  const photos: ReportPhoto[] = [];
  for (const detection of detections) {
    if ('error' in detection) continue;
    const { file, result } = detection;
    const image = await decodeImage(file);
    const faces: ReportFace[] = [];
    for (const face of result.faces) faces.push(await collectFace(image, face));
    photos.push({
      name: basename(file),
      image: await encodeJpeg(shrink(image, photoSize), { quality }),
      width: result.image.width,
      height: result.image.height,
      verdict: result.verdict,
      faces,
      warnings: result.warnings,
    });
  }
  return photos;
}
