import { compareText } from '../../compare-text.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { commonFolder } from '../common/path-parts.js';
import type { DatasetSource, SourceProblem } from '../source.js';
import { findPairTable, matchPairs, type Pair, readListedPairs } from './read-pairs.js';

/** What each medium is: the real side once, though several fakes may have been made from it. */
function describePairs(pairs: readonly Pair[], alone: readonly Medium[]): Map<Medium, Description> {
  const descriptions = new Map<Medium, Description>();
  for (const { real, fake, split, identity, manipulation, method } of pairs) {
    // Without a name for the person, the real photograph is what both sides share.
    const facts = { identity, split, groups: [identity === null ? real.id : `identity ${identity}`] };
    descriptions.set(real, { ...facts, key: real.id });
    descriptions.set(fake, {
      ...facts,
      key: fake.id,
      fake: { method: method ?? 'fake', manipulation: manipulation ?? 'identity-swap', real: real.id },
    });
  }
  for (const medium of alone) descriptions.set(medium, { key: medium.id, groups: [medium.id] });
  return descriptions;
}

/**
 * Pairs of a real image and the fake made from it: `real/` and `fake/` with the same names, or a CSV that lists them.
 *
 * A fake is taken for an identity swap where nothing says otherwise, as published pairs are; the listing says so.
 */
export const pairedFolder: DatasetSource = {
  name: 'paired-folder',
  title: 'pairs of real and fake',
  homepage: null,
  layout:
    'real/ and fake/ with the same names, or a CSV with columns real, fake (split, identity, method, manipulation)',
  async recognise(tree) {
    if ((await findPairTable(tree)) !== undefined) return 0.9;
    const folders = listFolderNames(tree);
    if (!folders.has('real') || !folders.has('fake')) return 0;
    const { pairs, alone } = matchPairs(tree);
    // A few equal names are chance.
    return pairs.length > alone.fake.length ? 0.65 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const table = await findPairTable(tree);
    const { pairs, alone } =
      table === undefined ? matchPairs(tree) : { pairs: readListedPairs(tree, table, problems), alone: null };
    const listed = new Set(pairs.flatMap(({ real, fake }) => [real.id, fake.id]));
    const descriptions = describePairs(pairs, alone?.real ?? []);
    if (table !== undefined)
      for (const medium of listMedia(tree.files, 'images'))
        if (!listed.has(medium.id)) descriptions.set(medium, { skip: `${table.path} does not list it` });
    for (const medium of alone?.fake ?? []) descriptions.set(medium, { skip: 'no real image of the same name' });
    const media = [...descriptions.keys()].sort((first, second) => compareText(first.id, second.id));
    const { items, problems: left } = collectItems(media, (medium) => descriptions.get(medium)!);
    const assumed = pairs.filter(({ manipulation }) => manipulation === null).map(({ fake }) => fake.id);
    if (assumed.length > 0) {
      const problem = `${assumed.length} fakes taken for identity swaps: nothing says how they were made; a column "manipulation" can`;
      problems.push({ path: commonFolder(assumed), problem });
    }
    const title = `${pairs.length} pairs of real and fake${table === undefined ? '' : ` (${table.path})`}`;
    return { source: 'paired-folder', title, items, problems: [...problems, ...left], showable: false };
  },
};
