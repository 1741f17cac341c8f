/** Token ids of several sentences of equal length; shorter ones are padded behind their end token. */
export interface TokenBatch {
  /** Row-major ids, [count, length]. */
  readonly ids: Int32Array;
  /** How many sentences. */
  readonly count: number;
  /** Tokens a sentence, start and end token included. */
  readonly length: number;
  /** Position of the end token of each sentence, the row that the text encoder reads; [count]. */
  readonly ends: readonly number[];
}

/**
 * A token batch from ids alone: a sentence ends at its first greatest id.
 *
 * @param ids - row-major, [count, length]
 * @param count - sentences
 */
export function createTokenBatch(ids: Int32Array, count: number): TokenBatch {
  const length = ids.length / count;
  const ends = Array.from({ length: count }, (_, row) => {
    const sentence = ids.subarray(row * length, (row + 1) * length);
    return sentence.indexOf(Math.max(...sentence));
  });
  return { ids, count, length, ends };
}
