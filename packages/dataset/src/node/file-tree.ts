import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '@sofd/core';
import { compareText } from '../compare-text.js';
import type { FileTree } from '../sources/file-tree.js';

/**
 * Lists the files of a folder and its subfolders, hidden ones left out; links to folders are followed once.
 *
 * @param folder path of the data set
 * @returns the tree that `inspectSource` takes
 * @throws DatasetError where the folder cannot be read
 * @example
 * ```ts
 * const { title } = await inspectSource(await readFileTree('photos'));
 * ```
 */
export async function readFileTree(folder: string): Promise<FileTree> {
  const files: string[] = [];
  const seen = new Set<string>();
  const walk = async (relative: string): Promise<void> => {
    const path = join(folder, relative);
    const real = await realpath(path);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const child = relative === '' ? entry.name : `${relative}/${entry.name}`;
      // A link that leads nowhere is as good as no file.
      const target = entry.isSymbolicLink() ? await stat(join(folder, child)).catch(() => null) : entry;
      if (target?.isDirectory()) await walk(child);
      else if (target?.isFile()) files.push(child);
    }
  };
  try {
    await walk('');
  } catch (cause) {
    throw new DatasetError(`readFileTree: expected a readable folder, got ${folder}; check its path.`, { cause });
  }
  return {
    files: files.sort(compareText),
    async readText(path) {
      try {
        return await readFile(join(folder, path), 'utf8');
      } catch (cause) {
        throw new DatasetError(`readFileTree: expected a readable file, got ${path}; check its rights.`, { cause });
      }
    },
  };
}
