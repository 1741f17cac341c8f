import { EvaluationError } from '@sofd/core';

/** The frame probabilities of one video. */
export interface VideoFrames {
  readonly id: string;
  /** 0 (real) or 1 (fake), for the whole video. */
  readonly label: number;
  /** [frames], p(fake) of each scored frame. */
  readonly probabilities: ArrayLike<number>;
}

/** One score for one video. */
export interface VideoScore {
  readonly id: string;
  readonly label: number;
  /** Mean p(fake), in [0, 1]. */
  readonly score: number;
  /** Frames that entered the mean. */
  readonly frames: number;
}

/**
 * Scores each video by the mean of its frame probabilities, $\bar p = \frac{1}{N} \sum_i p_i$, summed in float64.
 *
 * @param videos - One entry per video; choose its frames by {@link pickFrames} before scoring them.
 * @returns One score per video, in the same order; rank them with `computeAuc` for the video AUC.
 * @throws EvaluationError if a video has no frame or a probability is not in [0, 1].
 * @example
 * ```ts
 * scoreVideos([{ id: 'a', label: 1, probabilities: [0.5, 1] }]); // score 0.75
 * ```
 */
export function scoreVideos(videos: readonly VideoFrames[]): VideoScore[] {
  return videos.map(({ id, label, probabilities }) => {
    if (probabilities.length === 0) {
      throw new EvaluationError(
        `scoreVideos: expected at least one frame in video '${id}', got none; skip it and count it`,
      );
    }
    let sum = 0;
    for (let frame = 0; frame < probabilities.length; frame++) {
      const p = probabilities[frame]!;
      if (!(p >= 0 && p <= 1)) {
        throw new EvaluationError(
          `scoreVideos: expected a probability in [0, 1] for frame ${frame} of video '${id}', got ${p}; drop the frame or pass marginals`,
        );
      }
      sum += p;
    }
    return { id, label, score: sum / probabilities.length, frames: probabilities.length };
  });
}
