import { EvaluationError } from '@sofd/core';

/**
 * The rules that choose evenly spaced frames. All keep frame 0 and the last frame and give every frame of a short video.
 *
 * - `float64` (default): $\lfloor i \cdot \frac{n-1}{N-1} \rfloor$ with the quotient rounded to float64 first, as the published
 *   evaluation does; the product may fall an ulp below a whole number and then picks one frame earlier.
 * - `exact`: $\lfloor \frac{i (n-1)}{N-1} \rfloor$ in whole numbers. For N = 64 it differs from `float64` at n = 154, 162, 178, 260 and others.
 */
export type FramePickRule = 'float64' | 'exact';

/** Options of {@link pickFrames}. */
export interface PickFramesOptions {
  /** Which rule rounds; `float64` reproduces published scores. */
  readonly rule?: FramePickRule;
}

/**
 * Positions of the frames that stand for a video: evenly spaced, first and last included, unique, ascending.
 *
 * @param frameCount - Frames that the video has, a whole number of at least 1.
 * @param pickCount - Frames wanted, at least 1; 32 and 64 are usual. One frame means frame 0.
 * @param options - The rounding rule.
 * @returns Ascending positions in [0, frameCount); all of them if the video is not longer than `pickCount`.
 * @throws EvaluationError if a count is not a positive whole number.
 * @example
 * ```ts
 * pickFrames(10, 4); // [0, 3, 6, 9]
 * ```
 */
export function pickFrames(
  frameCount: number,
  pickCount: number,
  { rule = 'float64' }: PickFramesOptions = {},
): number[] {
  checkCount(frameCount, 'frames in the video');
  checkCount(pickCount, 'frames to pick');
  if (frameCount <= pickCount) return Array.from({ length: frameCount }, (_, frame) => frame);
  if (pickCount === 1) return [0];
  const last = frameCount - 1;
  const step = last / (pickCount - 1);
  const picks = Array.from({ length: pickCount }, (_, i) =>
    rule === 'exact' ? Math.floor((i * last) / (pickCount - 1)) : Math.floor(i * step),
  );
  // The product of the last index may round to just below n-1.
  picks[pickCount - 1] = last;
  return [...new Set(picks)];
}

function checkCount(count: number, what: string): void {
  if (Number.isInteger(count) && count > 0) return;
  throw new EvaluationError(`pickFrames: expected a positive whole number of ${what}, got ${count}; skip empty videos`);
}
