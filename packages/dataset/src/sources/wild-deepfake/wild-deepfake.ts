import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { commonFolder } from '../common/path-parts.js';
import { parseSplitName } from '../common/split-name.js';
import type { DatasetSource } from '../source.js';

const category = /^(real|fake)_(train|val|valid|test)(?:_(\d+)_(\d+))?$/i;

function describe({ id, folders, name }: Medium): Description {
  // Unpacked one folder deep each, or flattened: real_train_6_54.
  const all = [...folders, name];
  const index = all.findIndex((folder) => category.test(folder));
  if (index < 0) return null;
  const [, label, splitName, flatShard] = category.exec(all[index]!) as unknown as [string, string, string, string?];
  // The tar files: one a video, with its sequences inside.
  const shard = flatShard ?? all.slice(index + 1).find((folder) => /^\d+$/.test(folder));
  const video = `${label} ${splitName} ${shard ?? name}`.toLowerCase();
  const facts = { key: id, groups: [video], split: parseSplitName(splitName) };
  if (label.toLowerCase() === 'real') return facts;
  return { ...facts, fake: { method: 'WildDeepfake', manipulation: 'identity-swap' } };
}

/**
 * WildDeepfake: sequences of cropped faces from the internet. Its paper calls its fakes face swaps; who and how nobody knows.
 *
 * @see Zi et al., "WildDeepfake: A Challenging Real-World Dataset for Deepfake Detection", ACM MM 2020
 */
export const wildDeepfake: DatasetSource = {
  name: 'wild-deepfake',
  title: 'WildDeepfake',
  homepage: 'https://github.com/OpenTAI/wild-deepfake',
  layout: 'real_train/, fake_train/, real_test/, fake_test/ with a folder of frames for each sequence',
  async recognise(tree) {
    const found = [...listFolderNames(tree)].filter((folder) => category.test(folder)).length;
    return found >= 2 ? 0.95 : found * 0.6;
  },
  async list(tree) {
    const { items, problems } = collectItems(listMedia(tree.files, 'frames'), describe);
    const packed = tree.files.filter((path) => /\.(tar|tar\.gz|tgz)$/i.test(path));
    if (packed.length > 0)
      problems.unshift({ path: commonFolder(packed), problem: `${packed.length} archives are not unpacked` });
    for (const split of ['train', 'test'] as const)
      for (const label of ['real', 'fake'] as const)
        if (!items.some((item) => item.split === split && item.label === label))
          problems.unshift({ path: `${label}_${split}`, problem: `no sequences of ${label}_${split}` });
    return { source: 'wild-deepfake', title: 'WildDeepfake', items, problems, showable: false };
  },
};
