import type { Tolerance } from './tolerance.js';

/** The outcome of a comparison, in numbers that a failing test can show. */
export interface Comparison {
  /** How many numbers are further apart than the tolerance allows, or non-finite in one list only. */
  readonly outside: number;
  /** The largest difference of finite pairs. */
  readonly largest: number;
  /** Where the first number outside is; -1 if none is. */
  readonly firstOutside: number;
}

/**
 * Compares two lists number by number. NaN equals NaN, an infinity equals itself.
 *
 * @param actual - what was computed
 * @param expected - the fixture; another length is an error
 * @example
 * ```ts
 * expect(compareNumbers(actual, expected.data, tolerance)).toMatchObject({ outside: 0 });
 * ```
 */
export function compareNumbers(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative }: Tolerance,
): Comparison {
  if (actual.length !== expected.length)
    throw new Error(`compareNumbers: expected ${expected.length} numbers, got ${actual.length}; compare equal shapes.`);
  let [outside, largest, firstOutside] = [0, 0, -1];
  for (let index = 0; index < expected.length; index++) {
    const [got, wanted] = [actual[index]!, expected[index]!];
    if (Object.is(got, wanted)) continue;
    const difference = Math.abs(got - wanted);
    if (Number.isFinite(difference)) {
      largest = Math.max(largest, difference);
      if (difference <= absolute + relative * Math.abs(wanted)) continue;
    }
    outside++;
    if (firstOutside < 0) firstOutside = index;
  }
  return { outside, largest, firstOutside };
}
