import { DatasetError } from '@sofd/core';
import { compareText } from '../src/compare-text.js';
import type { FileTree } from '../src/sources/file-tree.js';

/**
 * A data set in memory.
 *
 * @param files paths of files whose content nobody reads, and text files with their content
 */
export function createMemoryTree(files: readonly (string | readonly [path: string, text: string])[]): FileTree {
  const texts = new Map(files.map((file) => (typeof file === 'string' ? [file, null] : [file[0], file[1]])));
  return {
    files: [...texts.keys()].sort(compareText),
    async readText(path) {
      const text = texts.get(path);
      if (text == null) throw new DatasetError(`memory tree: expected a text file, got ${path}`);
      return text;
    },
  };
}
