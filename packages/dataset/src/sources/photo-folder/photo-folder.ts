import { collectItems, type Description } from '../common/collect-items.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { isImage, isVideo } from '../common/path-parts.js';
import { findSplit } from '../common/split-name.js';
import type { DatasetSource } from '../source.js';

function describe({ id, folders }: Medium): Description {
  const lower = folders.map((folder) => folder.toLowerCase());
  if (lower.includes('fake'))
    return {
      skip: 'a folder "fake" does not say how its images were made; list them in a CSV with a column "manipulation"',
    };
  return { key: id, groups: [id], split: lower.includes('real') ? findSplit(lower) : null };
}

/** A folder of photographs and videos, all of them real; of folders `real/` and `fake/` the real one. */
export const photoFolder: DatasetSource = {
  name: 'photo-folder',
  title: 'photographs',
  homepage: null,
  layout: 'any folder of photographs or videos, all real',
  async recognise(tree) {
    return tree.files.some((path) => isImage(path) || isVideo(path)) ? 0.1 : 0;
  },
  async list(tree) {
    const { items, problems } = collectItems(listMedia(tree.files, 'images'), describe);
    const title = `${items.length} photographs and videos, taken for real`;
    return { source: 'photo-folder', title, items, problems, showable: true };
  },
};
