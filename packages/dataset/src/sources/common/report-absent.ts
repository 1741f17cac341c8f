import type { SourceItem, SourceProblem } from '../source.js';

/**
 * What a data set of images lacks wholly, real ones first.
 *
 * @param items what was found
 * @param folders where the images of each label should be
 * @returns one problem for each label that no item has
 */
export function reportAbsentLabels(
  items: readonly SourceItem[],
  folders: Readonly<Record<SourceItem['label'], string>>,
): SourceProblem[] {
  const absent = (['real', 'fake'] as const).filter((label) => !items.some((item) => item.label === label));
  return absent.map((label) => ({ path: folders[label], problem: `no images of ${folders[label]}` }));
}
