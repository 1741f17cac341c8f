import type { FileTree } from '../file-tree.js';
import { folderOf } from './path-parts.js';

// Every source asks when a data set is recognised, and a data set of frames has millions of files.
const known = new WeakMap<FileTree, ReadonlySet<string>>();

/** The names of all folders, in lower case: what most sources are recognised by. */
export function listFolderNames(tree: FileTree): ReadonlySet<string> {
  let names = known.get(tree);
  if (names === undefined) {
    const folders = new Set(tree.files.map(folderOf));
    names = new Set([...folders].flatMap((folder) => folder.toLowerCase().split('/')).filter((name) => name !== ''));
    known.set(tree, names);
  }
  return names;
}
