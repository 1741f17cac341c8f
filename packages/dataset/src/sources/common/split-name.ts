import type { SplitName } from '@sofd/core';

const names: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** What a data set calls its parts, in any case: `val`, `Training`; `null` for anything else. */
export const parseSplitName = (text: string): SplitName | null => names[text.trim().toLowerCase()] ?? null;

/** The split that a folder of the path is named after, `null` where there is none. */
export function findSplit(parts: readonly string[]): SplitName | null {
  for (const part of parts) {
    const split = parseSplitName(part);
    if (split !== null) return split;
  }
  return null;
}
