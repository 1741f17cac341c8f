import { EvaluationError } from '@sofd/core';

/** What a metric needs of its input besides equal lengths and 0 | 1 labels. */
export interface ScoreRequirements {
  /** Scores must be probabilities in [0, 1]; otherwise any finite number will do. */
  readonly probabilities?: boolean;
  /** At least one label 0 and one label 1. */
  readonly bothClasses?: boolean;
  /** At least one label 1. */
  readonly positives?: boolean;
  /** At least one label 0. */
  readonly negatives?: boolean;
}

/** How many rows of each class a checked score set has. */
export interface ClassCounts {
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Checks a score set and counts its classes, so that no metric ever answers NaN.
 *
 * @param labels - 0 (real, unaltered) or 1 (fake, altered) per row.
 * @param scores - One finite score per row, higher means more likely 1.
 * @param options - `where` names the caller in messages; the rest says what the metric needs.
 * @throws EvaluationError if the lengths differ, the set is empty, a label is not 0 | 1, a score is not finite or out of range, or a needed class is missing.
 */
export function checkScores(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  { where, ...needs }: ScoreRequirements & { readonly where: string },
): ClassCounts {
  if (labels.length !== scores.length) {
    throw new EvaluationError(
      `${where}: expected one score for each label, got ${scores.length} scores for ${labels.length} labels; pass arrays of equal length`,
    );
  }
  if (labels.length === 0) {
    throw new EvaluationError(`${where}: expected at least one row, got none; evaluate a set that has images`);
  }
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    positives += checkLabel(labels[row], row, where);
    checkScore(scores[row], row, { where, probabilities: needs.probabilities === true });
  }
  const counts = { positives, negatives: labels.length - positives };
  checkClasses(counts, needs, where);
  return counts;
}

function checkLabel(label: number | undefined, row: number, where: string): number {
  if (label !== 0 && label !== 1) {
    throw new EvaluationError(
      `${where}: expected label 0 or 1 in row ${row}, got ${label}; threshold soft labels first`,
    );
  }
  return label;
}

function checkScore(
  score: number | undefined,
  row: number,
  { where, probabilities }: { readonly where: string; readonly probabilities: boolean },
): void {
  if (score === undefined || !Number.isFinite(score)) {
    throw new EvaluationError(
      `${where}: expected a finite score in row ${row}, got ${score}; drop or repair the row, a score that is not a number cannot be ranked`,
    );
  }
  if (probabilities && (score < 0 || score > 1)) {
    throw new EvaluationError(
      `${where}: expected a probability in [0, 1] in row ${row}, got ${score}; pass marginals, not logits`,
    );
  }
}

function checkClasses(counts: ClassCounts, needs: ScoreRequirements, where: string): void {
  const missing: string[] = [];
  if ((needs.positives || needs.bothClasses) && counts.positives === 0) missing.push('label 1 (fake)');
  if ((needs.negatives || needs.bothClasses) && counts.negatives === 0) missing.push('label 0 (real)');
  if (missing.length === 0) return;
  throw new EvaluationError(
    `${where}: expected rows of ${missing.join(' and ')}, got ${counts.positives} of label 1 and ${counts.negatives} of label 0; ` +
      'the metric is undefined without them, add such rows or leave it out',
  );
}
