import { InvalidOptionError, parseOptions } from '@sofd/core';
import * as v from 'valibot';
import type { FaceBox } from '../finder/face.js';
import { computeCosineSimilarity } from './cosine-similarity.js';

/** What a tracker needs of a face; {@link Face} fits, and {@link FaceDescription} holds the descriptor. */
export interface TrackableFace {
  /** In pixels of the frame. */
  readonly box: FaceBox;
  /** Who it is like, any length; compared by cosine. */
  readonly descriptor?: Float32Array;
}

/** How {@link createFaceTracker} joins faces. */
export interface FaceTrackerOptions {
  /** Boxes that share less of their union are not joined by place, 0 to 1. Default 0.3. */
  readonly minOverlap?: number | undefined;
  /** Descriptors less alike by cosine are never joined, -1 to 1. Default 0.52. */
  readonly minSimilarity?: number | undefined;
  /** A track whose last face lies more frames back is over. Default: never. */
  readonly maxGap?: number | undefined;
}

/** Follows faces from frame to frame. */
export interface FaceTracker {
  /**
   * Assigns each face of a frame a track.
   * @param faces of one frame, in any order
   * @param frameIndex larger than that of the last call
   * @returns track numbers, one a face; new ones count from 0 in the order of the faces
   * @throws InvalidOptionError when frames do not come in order
   */
  update(faces: readonly TrackableFace[], frameIndex: number): number[];
}

interface Track {
  readonly box: FaceBox;
  readonly descriptor: Float32Array | undefined;
  readonly frameIndex: number;
}

interface Match {
  readonly track: number;
  readonly face: number;
  readonly score: number;
}

const trackerOptionsSchema = v.strictObject({
  minOverlap: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 0.3),
  minSimilarity: v.optional(v.pipe(v.number(), v.minValue(-1), v.maxValue(1)), 0.52),
  maxGap: v.optional(v.pipe(v.number(), v.minValue(1)), Infinity),
});

/** Area of the common part of two boxes over the area of both together, 0 to 1. */
export function computeBoxOverlap(a: FaceBox, b: FaceBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Takes matches from the best on, each track and face once. The numbers decide between equals. */
function takeBest(matches: readonly Match[], assigned: (number | undefined)[]): void {
  const taken = new Set(assigned);
  for (const { track, face } of [...matches].sort(
    (a, b) => b.score - a.score || a.track - b.track || a.face - b.face,
  )) {
    if (taken.has(track) || assigned[face] !== undefined) continue;
    assigned[face] = track;
    taken.add(track);
  }
}

/**
 * Makes a tracker for one video.
 *
 * A face joins the track whose last box overlaps its own most, unless their descriptors differ. What is left joins the track of
 * the most similar descriptor, so that a person who was away, or moved far between sampled frames, comes back under the same
 * number. What is left then begins a new track.
 * @throws InvalidOptionError when an option is unknown or out of range
 * @example
 * ```ts
 * import { createFaceTracker } from '@sofd/face';
 *
 * const tracker = createFaceTracker();
 * tracker.update([{ box: { x: 10, y: 10, width: 50, height: 60 } }], 0); // [0]
 * tracker.update([{ box: { x: 12, y: 9, width: 50, height: 60 } }], 1); // [0]
 * tracker.update([{ box: { x: 200, y: 9, width: 50, height: 60 } }], 2); // [1]
 * ```
 */
export function createFaceTracker(options: FaceTrackerOptions = {}): FaceTracker {
  const { minOverlap, minSimilarity, maxGap } = parseOptions(trackerOptionsSchema, options, 'createFaceTracker');
  const tracks: Track[] = [];
  let lastFrame = -Infinity;
  return {
    update(faces, frameIndex) {
      if (!(frameIndex > lastFrame)) {
        throw new InvalidOptionError(
          `FaceTracker.update: expected a frame after ${lastFrame}, got ${frameIndex}; call it in the order of the video.`,
        );
      }
      lastFrame = frameIndex;
      const byPlace: Match[] = [];
      const byLikeness: Match[] = [];
      for (const [track, last] of tracks.entries()) {
        if (frameIndex - last.frameIndex > maxGap) continue;
        for (const [face, { box, descriptor }] of faces.entries()) {
          const areKnown = last.descriptor !== undefined && descriptor !== undefined;
          const similarity = areKnown ? computeCosineSimilarity(last.descriptor, descriptor) : null;
          if (similarity !== null && similarity < minSimilarity) continue;
          const overlap = computeBoxOverlap(last.box, box);
          if (overlap >= minOverlap) byPlace.push({ track, face, score: overlap });
          if (similarity !== null) byLikeness.push({ track, face, score: similarity });
        }
      }
      const assigned: (number | undefined)[] = faces.map(() => undefined);
      takeBest(byPlace, assigned);
      takeBest(byLikeness, assigned);
      return faces.map(({ box, descriptor }, face) => {
        const track = assigned[face] ?? tracks.length;
        tracks[track] = { box, descriptor: descriptor ?? tracks[track]?.descriptor, frameIndex };
        return track;
      });
    },
  };
}
