import type { SplitName } from '@sofd/core';
import { splitNames } from '../../identity/split-by-group.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { nameOf, stemOf } from '../common/path-parts.js';
import { reportMissing } from '../common/report-missing.js';
import { parseSplitName } from '../common/split-name.js';
import type { FileTree } from '../file-tree.js';
import type { DatasetSource, SourceProblem } from '../source.js';

function describe({ id, folders, name }: Medium, splitOf: ReadonlyMap<string, SplitName>): Description {
  const lower = folders.map((folder) => folder.toLowerCase());
  if (lower.includes('source_videos')) {
    const actor = /^[MW]\d{3}/.exec(name)?.[0] ?? folders[lower.indexOf('source_videos') + 1];
    if (actor === undefined) return { skip: 'its name does not say which actor is shown' };
    return { key: `source/${name}`, identity: actor, groups: [actor] };
  }
  const start = lower.indexOf('manipulated_videos');
  const variant = folders[start + 1];
  if (start < 0 || variant === undefined) return null;
  const match = /^(\d{3})_([MW]\d{3})$/.exec(name);
  if (match === null) return { skip: `its name does not say which videos it was made from, as ${nameOf(id)}` };
  const [, target, actor] = match as unknown as [string, string, string];
  return {
    key: `${variant}/${name}`,
    fake: { method: variant, manipulation: 'identity-swap' },
    groups: [target, actor],
    split: splitOf.get(name) ?? null,
  };
}

/** The splits of `lists/splits/`: names of manipulated videos. */
async function readSplits(tree: FileTree, problems: SourceProblem[]): Promise<Map<string, SplitName>> {
  const splitOf = new Map<string, SplitName>();
  for (const path of tree.files) {
    const split = parseSplitName(stemOf(path));
    if (!/(^|\/)splits\/[^/]+\.txt$/i.test(path) || split === null) continue;
    for (const line of (await tree.readText(path)).split(/\r?\n/))
      if (line.trim() !== '') splitOf.set(stemOf(line.trim()), split);
  }
  if (splitOf.size === 0)
    problems.push({ path: 'lists/splits', problem: 'train.txt, val.txt, test.txt missing: no split' });
  return splitOf;
}

/**
 * DeeperForensics-1.0. Its fakes were made from videos of FaceForensics++, which it does not contain.
 *
 * @see Jiang et al., "DeeperForensics-1.0: A Large-Scale Dataset for Real-World Face Forgery Detection", CVPR 2020
 */
export const deeperForensics: DatasetSource = {
  name: 'deeper-forensics',
  title: 'DeeperForensics-1.0',
  homepage: 'https://github.com/EndlessSora/DeeperForensics-1.0',
  layout: 'manipulated_videos/<variant>/, source_videos/<actor>/ and lists/splits/',
  async recognise(tree) {
    const folders = listFolderNames(tree);
    if (folders.has('manipulated_videos') && (folders.has('source_videos') || folders.has('end_to_end'))) return 1;
    return folders.has('end_to_end') || folders.has('reenact_postprocess') ? 0.6 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const splitOf = await readSplits(tree, problems);
    const { items, problems: left } = collectItems(listMedia(tree.files, 'frames'), (medium) =>
      describe(medium, splitOf),
    );
    const variants = new Set(items.flatMap(({ method }) => method ?? []));
    for (const variant of variants) {
      const found = new Set(items.filter(({ method }) => method === variant).map(({ groups }) => groups.join('_')));
      for (const split of splitNames) {
        const listed = [...splitOf].filter(([, value]) => value === split).map(([name]) => name);
        const what = `videos of ${variant} in the ${split} split`;
        problems.push(
          ...reportMissing(listed, (name) => found.has(name), { path: `manipulated_videos/${variant}`, what }),
        );
      }
    }
    if (variants.size > 0) {
      const problem =
        'the videos that the fakes were made from are those of FaceForensics++ c23: no pairs from this folder';
      problems.push({ path: 'manipulated_videos', problem });
    } else problems.push({ path: 'manipulated_videos', problem: 'no manipulated videos' });
    if (items.every(({ label }) => label === 'fake'))
      problems.push({ path: 'source_videos', problem: 'no videos of the actors' });
    return {
      source: 'deeper-forensics',
      title: 'DeeperForensics-1.0',
      items,
      problems: [...problems, ...left],
      showable: false,
    };
  },
};
