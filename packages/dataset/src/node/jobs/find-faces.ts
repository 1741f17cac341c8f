import { SofdError, throwIfAborted } from '@sofd/core';
import {
  computeBoxOverlap,
  createFaceTracker,
  cropFace,
  type Face,
  type FaceFinder,
  faceCropSize,
  type Landmarks5,
  type PixelImage,
  resizeBicubic,
  transformPoints,
} from '@sofd/face';
import type { FaceSample } from '../../face-sample.js';
import { measureOutline } from '../../region-swap/face-outline.js';
import { encodeImagePng } from '../encode-png.js';
import type { FindRecipe } from '../expand-recipe.js';
import { workPaths, writeWhole } from '../work-folder.js';
import type { FindJob, JobItem } from './expand-job.js';
import { type FoundFace, type FoundFaces, packFloats, type SkipCause, type SkippedItem } from './found-face.js';
import { type FramePlace, openFrames, type SourceFrame } from './frame-reader.js';

interface FindContext {
  readonly finder: FaceFinder;
  readonly recipe: FindRecipe;
  readonly signal: AbortSignal | undefined;
}

/** A usable face of the real item, as its fakes need it again. */
interface KnownFace {
  readonly found: FoundFace;
  readonly face: Face;
  readonly place: FramePlace;
  readonly size: Pick<PixelImage, 'width' | 'height'>;
}

/** What a find job gathers. */
interface Gathered {
  readonly faces: FoundFace[];
  readonly skipped: SkippedItem[];
  read: number;
}

const placeName = ({ source, index }: FramePlace, item: JobItem) =>
  item.kind === 'video' ? `${source}@${index}` : source;

/** Why a face is not used before anything is computed of it, or null. */
function findFlaw({ quality }: Face, { minEyeDistance, minQuality }: FindRecipe): [SkipCause, string] | null {
  if (quality.size < minEyeDistance) {
    return ['too small', `eyes ${quality.size.toFixed(1)} pixels apart: under the limit of ${minEyeDistance}`];
  }
  if (quality.score < minQuality) {
    const reasons = quality.reasons.length > 0 ? ` (${quality.reasons.join(', ')})` : '';
    return ['low quality', `face quality ${quality.score.toFixed(2)}${reasons}: under the limit of ${minQuality}`];
  }
  return null;
}

/** The versioned crop at the size that is stored, with mesh and landmarks in its pixels; `box` are the landmarks it is cut by. */
function cropSample(
  photo: PixelImage,
  face: Pick<Face, 'mesh' | 'landmarks'>,
  { size, box }: { readonly size: number; readonly box: Landmarks5 },
): Pick<FaceSample, 'crop' | 'mesh' | 'landmarks'> {
  const { image, matrix } = cropFace(photo, box);
  const scale = size / faceCropSize;
  // Pixel centres lie at whole numbers, so a resize also moves the origin by half a pixel's difference.
  const shift = (scale - 1) / 2;
  const [a, b, c, d, e, f] = matrix;
  const toCrop = [a * scale, b * scale, c * scale + shift, d * scale, e * scale, f * scale + shift] as const;
  const points = transformPoints(Float32Array.from(face.landmarks.flat()), toCrop);
  const landmarks = [0, 1, 2, 3, 4].map((i) => [points[2 * i]!, points[2 * i + 1]!] as const);
  return {
    crop: size === faceCropSize ? image : resizeBicubic(image, { width: size, height: size }),
    mesh: transformPoints(face.mesh, toCrop),
    landmarks: landmarks as unknown as Landmarks5,
  };
}

type FaceFields = Pick<FoundFace, 'id' | 'item' | 'source' | 'video' | 'frame' | 'track' | 'quality' | 'pair'>;

async function saveFace(
  job: FindJob,
  fields: FaceFields,
  { sample, descriptor }: { readonly sample: ReturnType<typeof cropSample>; readonly descriptor: Float32Array | null },
): Promise<FoundFace> {
  const { id, source, pair } = fields;
  const { tones } = measureOutline({ id, source, pair, identity: '', ...sample });
  await writeWhole(job.work, workPaths.crop(id), await encodeImagePng(sample.crop));
  const { mesh, landmarks } = sample;
  return {
    ...fields,
    landmarks,
    mesh: packFloats(mesh),
    tones: packFloats(tones),
    descriptor: descriptor === null ? null : packFloats(descriptor),
  };
}

/** Faces of one frame that are good enough, with their places in the order of size. */
async function findUsable(frame: SourceFrame, name: string, { finder, recipe, signal }: FindContext) {
  const skipped: SkippedItem[] = [];
  const usable = [];
  const found = await finder.find(frame.image);
  if (found.length === 0) skipped.push({ file: name, cause: 'no face', reason: 'no face found' });
  for (const [index, face] of found.entries()) {
    throwIfAborted(signal, 'expandFolder');
    const file = `${name}#${index}`;
    const flaw = findFlaw(face, recipe);
    if (flaw !== null) {
      skipped.push({ file, cause: flaw[0], reason: flaw[1] });
      continue;
    }
    const { descriptor, age } = await finder.describe(frame.image, face);
    if (age < recipe.minAge) {
      const reason = `estimated age ${Math.round(age)}: under ${recipe.minAge}, left out as a precaution`;
      skipped.push({ file, cause: 'too young', reason });
      continue;
    }
    usable.push({ index, face, descriptor });
  }
  return { usable, skipped };
}

async function findInReal(job: FindJob, context: FindContext, gathered: Gathered) {
  const { item } = job;
  const known: KnownFace[] = [];
  const tracker = item.kind === 'image' ? null : createFaceTracker();
  const reader = await openFrames(item, { input: job.input, signal: context.signal });
  try {
    for await (const frame of reader.readSpread(context.recipe.frames)) {
      throwIfAborted(context.signal, 'expandFolder');
      const { image, source, index: at } = frame;
      const { usable, skipped } = await findUsable(frame, placeName(frame, item), context);
      gathered.skipped.push(...skipped);
      const trackable = usable.map(({ face: { box }, descriptor }) => ({ box, descriptor }));
      const tracks = tracker?.update(trackable, at ?? 0);
      for (const [place, { index, face, descriptor }] of usable.entries()) {
        const track = tracks?.[place] ?? null;
        const number = track === null ? `${index}` : `${at}-${track}`;
        const fields: FaceFields = {
          id: `${item.hash.slice(0, 12)}-${number}`,
          item: item.id,
          source,
          video: item.kind === 'image' ? null : item.id,
          frame: at,
          track,
          quality: face.quality.score,
          pair: null,
        };
        const sample = cropSample(image, face, { size: context.recipe.cropSize, box: face.landmarks });
        const found = await saveFace(job, fields, { sample, descriptor });
        gathered.faces.push(found);
        known.push({ found, face, place: { source, index: at }, size: image });
      }
    }
    gathered.read++;
    return { known, count: reader.count };
  } finally {
    await reader.close();
  }
}

/** The same head in the fake frame, else the real one's points: a fake that the models cannot see is not dropped for it. */
function findCounterpart(faces: readonly Face[], real: Face): Face {
  const nearest = faces
    .map((face) => ({ face, overlap: computeBoxOverlap(face.box, real.box) }))
    .reduce((best, one) => (one.overlap > best.overlap ? one : best), { face: real, overlap: 0.5 });
  return nearest.face;
}

async function cropFake(
  job: FindJob,
  { fake, frame, faces, known: { found, face } }: CropFakeInput,
  context: FindContext,
) {
  const counterpart = findCounterpart(faces, face);
  const sample = cropSample(frame.image, counterpart, { size: context.recipe.cropSize, box: face.landmarks });
  const fields: FaceFields = {
    id: `${fake.hash.slice(0, 12)}${found.id.slice(job.item.hash.slice(0, 12).length)}`,
    item: fake.id,
    source: frame.source,
    video: fake.kind === 'image' ? null : fake.id,
    frame: frame.index,
    track: found.track,
    quality: counterpart.quality.score,
    pair: found.id,
  };
  return await saveFace(job, fields, { sample, descriptor: null });
}

interface CropFakeInput {
  readonly fake: JobItem;
  readonly frame: SourceFrame;
  /** Faces that were found in the fake frame. */
  readonly faces: readonly Face[];
  readonly known: KnownFace;
}

/** Whether a real frame is the one that a fake frame was made from. */
const isSameFrame = (fake: JobItem, real: FramePlace, frame: FramePlace): boolean => {
  if (fake.kind === 'image') return true;
  if (fake.kind === 'video') return real.index === frame.index;
  const name = (path: string) => path.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  return name(real.source) === name(frame.source);
};

async function findInFake(
  job: FindJob,
  fake: JobItem,
  {
    known,
    count,
    context,
    gathered,
  }: {
    readonly known: readonly KnownFace[];
    readonly count: number | null;
    readonly context: FindContext;
    readonly gathered: Gathered;
  },
): Promise<void> {
  if (known.length === 0) {
    const reason = `its real item ${job.item.id} has no usable face`;
    gathered.skipped.push({ file: fake.id, cause: 'no counterpart', reason });
    return;
  }
  const places = [...new Map(known.map(({ place }) => [`${place.source}@${place.index}`, place])).values()];
  const done = new Set<KnownFace>();
  const reader = await openFrames(fake, { input: job.input, signal: context.signal });
  try {
    for await (const frame of reader.readSame(places, count)) {
      throwIfAborted(context.signal, 'expandFolder');
      const own = known.filter(({ place }) => isSameFrame(fake, place, frame));
      const fits = own.filter(({ size }) => size.width === frame.image.width && size.height === frame.image.height);
      const faces = fits.length > 0 ? await context.finder.find(frame.image) : [];
      for (const one of fits) {
        gathered.faces.push(await cropFake(job, { fake, frame, faces, known: one }, context));
        done.add(one);
      }
    }
    gathered.read++;
  } finally {
    await reader.close();
  }
  const missing = known.filter((one) => !done.has(one));
  for (const { place, found } of missing) {
    gathered.skipped.push({
      file: fake.id,
      cause: 'no counterpart',
      reason: `no frame of the size of ${placeName(place, job.item)}, which shows ${found.id}`,
    });
  }
}

/** An item that cannot be used is no reason to stop; anything else is. */
function isSkippable(error: unknown): error is SofdError {
  return SofdError.isInstance(error) && ['IMAGE_DECODE', 'IMAGE_SIZE', 'NO_FACE'].includes(error.code);
}

/**
 * Finds the usable faces of an item and cuts the same faces out of its fakes, by the boxes of the real frames. What cannot be
 * read or used is skipped with a reason, never dropped silently.
 *
 * @param job item, fakes and folders
 * @param context finder, what the faces depend on, and a signal
 * @returns faces in the order of frames, their crops written to the work folder
 * @see method.md section 8
 */
export async function findFaces(job: FindJob, context: FindContext): Promise<FoundFaces> {
  const gathered: Gathered = { faces: [], skipped: [], read: 0 };
  const skip = (item: JobItem, error: unknown) => {
    if (!isSkippable(error)) throw error;
    gathered.skipped.push({ file: item.id, cause: 'unreadable', reason: error.message });
  };
  const real = await findInReal(job, context, gathered).catch((error: unknown) => {
    skip(job.item, error);
    return null;
  });
  for (const fake of job.fakes) {
    if (real === null) {
      const reason = `its real item ${job.item.id} cannot be read`;
      gathered.skipped.push({ file: fake.id, cause: 'no counterpart', reason });
    } else {
      await findInFake(job, fake, { ...real, context, gathered }).catch((error: unknown) => skip(fake, error));
    }
  }
  return gathered;
}
