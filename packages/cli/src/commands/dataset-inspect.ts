import { inspectSource, type SourceInspection } from '@sofd/dataset';
import { readFileTree } from '@sofd/dataset/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { formatTable } from '../format-table.js';

/** Options of `sofd dataset inspect`. */
export interface DatasetInspectOptions extends CommonOptions {
  /** Folder of the data set. */
  readonly path: string;
  /** Layout that is taken without recognition. */
  readonly source?: string;
}

/** What `--json` writes: all but the items, which for frames are millions. */
export type DatasetInspectResult = Omit<SourceInspection, 'items'>;

/** Says which data set a folder holds, what is in it, what is missing and what is left out; touches nothing. */
export async function datasetInspect(
  { path, source }: DatasetInspectOptions,
  { log }: CommandContext,
): Promise<DatasetInspectResult> {
  const { items, ...result } = await inspectSource(await readFileTree(path), { source });
  const { title, homepage, showable, counts, problems } = result;
  log(`${title} (source ${result.source}): ${items.length} items`);
  if (homepage !== null) log(`Its terms of use bind you: ${homepage}`);
  if (!showable)
    log('Single images are not shown in reports and contact sheets: the terms do not say that they may be.');
  const rows = counts.map(({ split, label, method, items, files }) => [
    split ?? '-',
    label,
    method ?? '-',
    items,
    files,
  ]);
  for (const line of ['', ...formatTable(['split', 'label', 'method', 'items', 'files'], rows), '']) log(line);
  log(problems.length === 0 ? 'No problems.' : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:`);
  for (const { path: where, problem } of problems) log(`  ${where === '' ? '' : `${where}: `}${problem}`);
  return result;
}
