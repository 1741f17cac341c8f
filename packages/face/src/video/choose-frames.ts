/** Which frames are wanted, without how to read them. */
export interface FrameChoice {
  readonly frames?: number | undefined;
  readonly fps?: number | undefined;
  readonly every?: number | undefined;
}

// Files keep times in ticks of their own; two readers of one file agree to less than a microsecond.
const toleranceSeconds = 1e-6;

/** Seconds from the first frame's start to the last one's end; the last frame is as long as the others on average. */
export function computeDuration(times: readonly number[]): number {
  const count = times.length;
  return count < 2 ? 0 : ((times[count - 1]! - times[0]!) * count) / (count - 1);
}

/** The frames on show at ascending moments, each once. */
function findShown(times: readonly number[], moments: Iterable<number>): number[] {
  const shown: number[] = [];
  let index = 0;
  for (const moment of moments) {
    while (index + 1 < times.length && times[index + 1]! <= moment + toleranceSeconds) index++;
    if (shown.at(-1) !== index) shown.push(index);
  }
  return shown;
}

/**
 * The numbers of the wanted frames; a function of the frames' times alone, so that every reader of a file chooses the same.
 * @param times ascending, in seconds, 0 for the first frame
 */
export function chooseFrames(times: readonly number[], { frames, fps, every = 1 }: FrameChoice): number[] {
  if (frames !== undefined && frames < times.length) {
    const duration = computeDuration(times);
    return findShown(
      times,
      Array.from({ length: frames }, (_, part) => ((part + 0.5) * duration) / frames),
    );
  }
  if (fps !== undefined) {
    const count = Math.floor((times.at(-1)! + toleranceSeconds) * fps) + 1;
    return findShown(
      times,
      Array.from({ length: count }, (_, i) => i / fps),
    );
  }
  return Array.from({ length: Math.ceil(times.length / every) }, (_, i) => i * every);
}
