/** Where a stream of random numbers stands; JSON. */
export interface RandomState {
  /** The seed and all keys that led to this stream. */
  readonly seed: string;
  /** Four integers in [0, 2^32). */
  readonly words: readonly [number, number, number, number];
}

/**
 * A stream of random numbers that is the same on every machine for the same seed.
 *
 * Streams are made by `split`, one for each thing that needs one (an epoch, a file, a step), so that the order in which
 * things are done does not change what they draw.
 */
export interface Random {
  /** The seed and all keys that led here; `createRandom(random.seed)` starts the same stream anew. */
  readonly seed: string;
  /** @returns a number in [0, 1), one of 2^53 equally likely ones */
  uniform(): number;
  /**
   * @param low - the least value
   * @param high - not less than `low`
   * @returns a number in [low, high); `low` if they are equal
   */
  uniformBetween(low: number, high: number): number;
  /**
   * @param mean - 0 if not given
   * @param standardDeviation - 1 if not given; not negative
   * @returns a number of the normal distribution
   */
  normal(mean?: number, standardDeviation?: number): number;
  /**
   * @param count - in [1, 2^32]
   * @returns an integer in [0, count), each exactly as likely as the others
   */
  integer(count: number): number;
  /**
   * @param items - at least one
   * @returns one of them
   */
  pick<T>(items: readonly T[]): T;
  /**
   * @param items - stays as it is
   * @returns a new array with the same items in random order
   */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * Another stream. It depends on this one's seed and on the key, not on what was drawn before.
   *
   * @param key - a name or number; the same key gives the same stream again
   */
  split(key: string | number): Random;
  /** @returns where the stream stands, for `restoreRandom` */
  state(): RandomState;
}
