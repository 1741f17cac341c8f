import type { SkippedItem } from '@sofd/dataset/node';
import type { SkippedCount } from '@sofd/evaluation/report';

/**
 * Counts what was left out by its cause, with the first of each as an example.
 *
 * @param skipped what was left out of a data set
 * @returns the most frequent cause first
 */
export function countSkipped(skipped: readonly SkippedItem[]): SkippedCount[] {
  const counts = new Map<string, SkippedCount>();
  for (const { cause, file, reason } of skipped) {
    const { count, example } = counts.get(cause) ?? { count: 0, example: `${file}: ${reason}` };
    counts.set(cause, { cause, count: count + 1, example });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
