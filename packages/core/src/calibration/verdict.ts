import { InvalidOptionError } from '../errors/index.js';

/** What a detector says about a face. */
export type Verdict = 'real' | 'fake' | 'uncertain';

/** Thresholds on calibrated p(fake), as a checkpoint manifest stores them. */
export interface VerdictThresholds {
  /** `p >= fake` is called fake, outside the uncertain band. */
  readonly fake: number;
  /** Between these, ends included, the evidence is too weak for a verdict; ascending; absent or null: always a verdict. */
  readonly uncertain?: readonly [number, number] | null | undefined;
}

/**
 * The verdict on one calibrated probability.
 *
 * @param probability - calibrated p(fake), 0 to 1
 * @param thresholds - from a checkpoint manifest, or the caller's
 * @throws InvalidOptionError if the value is no probability
 * @example
 * ```ts
 * decideVerdict(0.5, { fake: 0.75, uncertain: [0.25, 0.75] }); // 'uncertain'
 * ```
 */
export function decideVerdict(probability: number, { fake, uncertain }: VerdictThresholds): Verdict {
  if (!(probability >= 0 && probability <= 1)) {
    throw new InvalidOptionError(
      `decideVerdict: expected a probability from 0 to 1, got ${probability}; pass a calibrated marginal.`,
    );
  }
  if (uncertain && probability >= uncertain[0] && probability <= uncertain[1]) return 'uncertain';
  return probability >= fake ? 'fake' : 'real';
}
