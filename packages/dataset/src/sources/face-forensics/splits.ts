import type { SplitName } from '@sofd/core';
import * as v from 'valibot';
import { splitNames } from '../../identity/split-by-group.js';
import { nameOf } from '../common/path-parts.js';
import { readJson } from '../common/read-json.js';
import { parseSplitName } from '../common/split-name.js';
import type { FileTree } from '../file-tree.js';
import type { SourceProblem } from '../source.js';

const pairsSchema = v.array(v.tuple([v.string(), v.string()]));

/** A published split: pairs of videos that were swapped with each other, each way. */
export interface SplitPairs {
  readonly split: SplitName;
  readonly pairs: readonly (readonly [string, string])[];
}

/** Reads `train.json`, `val.json` and `test.json`, wherever they lie; the one nearest the top counts. */
export async function readSplits(tree: FileTree, problems: SourceProblem[]): Promise<SplitPairs[]> {
  const paths = new Map<SplitName, string>();
  for (const path of tree.files) {
    const match = /^(train|val|validation|test)\.json$/i.exec(nameOf(path));
    const split = match && parseSplitName(match[1]!);
    if (!split) continue;
    const other = paths.get(split);
    if (other === undefined || path.split('/').length < other.split('/').length) paths.set(split, path);
  }
  const splits: SplitPairs[] = [];
  for (const split of splitNames) {
    const path = paths.get(split);
    if (path === undefined) continue;
    const pairs = await readJson(tree, path, { schema: pairsSchema, problems });
    if (pairs !== null) splits.push({ split, pairs });
  }
  if (splits.length < 3) {
    const found = splits.map(({ split }) => split).join(', ') || 'none';
    const problem = `split files train.json, val.json, test.json expected, found for: ${found}; other videos have no split`;
    problems.push({ path: '', problem });
  }
  return splits;
}
