/** How far the answers of two contenders are apart. */
export interface AnswerDifference {
  /** The largest difference, as a part of the root mean square of the answer it is compared with. */
  readonly largest: number;
  /** Whether both did the same work. */
  readonly equal: boolean;
}

/**
 * What rounding explains. A float32 product over 3072 terms errs by about sqrt(3072) 2^-24 = 3e-6 of its size; 24 residual
 * branches add such errors up as a random walk to 1.6e-5; the largest of 4096 numbers lies four deviations out: 6.5e-5.
 */
const tolerance = 1e-4;

/** Compares the answer of a contender with that of another. Answers of other lengths, or with NaN, are not equal. */
export function compareAnswers(answer: readonly number[], expected: readonly number[]): AnswerDifference {
  if (answer.length !== expected.length || !answer.every(Number.isFinite))
    return { largest: Number.POSITIVE_INFINITY, equal: false };
  const size = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0) / expected.length);
  const largest = Math.max(...answer.map((value, i) => Math.abs(value - expected[i]!))) / size;
  return { largest, equal: largest <= tolerance };
}
