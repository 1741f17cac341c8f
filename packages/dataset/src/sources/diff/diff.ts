import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { reportAbsentLabels } from '../common/report-absent.js';
import { findSplit } from '../common/split-name.js';
import type { DatasetSource } from '../source.js';

/** The conditions, in lower case: edited, from an image, from a text. */
const others: Readonly<Record<string, string>> = {
  fe: 'face editing (FE) changes attributes that the label graph has no label for',
  i2i: 'image to image (I2I) makes whole faces: nothing was altered that the label graph could name',
  t2i: 'text to image (T2I) makes whole faces: nothing was altered that the label graph could name',
};
const clean = (folder: string): string =>
  folder
    .toLowerCase()
    .replace(/^diff_/, '')
    .replace(/_subsets$/, '');

function describe({ id, folders, name }: Medium): Description {
  const parts = folders.map(clean);
  const split = findSplit(parts);
  if (parts.includes('real')) return { key: id, groups: [name], split };
  const condition = parts.find((part) => part in others);
  if (condition !== undefined) return { skip: others[condition]! };
  const swap = parts.indexOf('fs');
  if (swap < 0) return null;
  // The folder of the method, where there is one.
  const method = folders.slice(swap + 1).find((_, index) => {
    const part = parts[swap + 1 + index]!;
    return part !== 'fake' && findSplit([part]) === null;
  });
  return { key: id, fake: { method: method ?? 'FS', manipulation: 'identity-swap' }, groups: [name], split };
}

/**
 * DiFF: its real photographs and its face swaps.
 *
 * @see Cheng et al., "Diffusion Facial Forgery Detection", ACM MM 2024
 */
export const diff: DatasetSource = {
  name: 'diff',
  title: 'DiFF',
  homepage: 'https://github.com/xaCheng1996/DiFF',
  layout: 'DiFF_real/<split>/ and <split>/FE, FS, I2I, T2I',
  async recognise(tree) {
    const parts = new Set([...listFolderNames(tree)].map(clean));
    const conditions = ['fs', 'fe', 'i2i', 't2i'].filter((name) => parts.has(name));
    if (conditions.length >= 2) return 0.95;
    return conditions.includes('fs') && parts.has('real') ? 0.6 : 0;
  },
  async list(tree) {
    const { items, problems: left } = collectItems(listMedia(tree.files, 'images'), describe);
    const problems = [...reportAbsentLabels(items, { real: 'DiFF_real', fake: 'FS' }), ...left];
    return { source: 'diff', title: 'DiFF, face swaps', items, problems, showable: false };
  },
};
