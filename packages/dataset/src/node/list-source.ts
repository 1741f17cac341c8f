import { relative, resolve, sep } from 'node:path';
import { inspectSource } from '../sources/inspect.js';
import type { SourceListing } from '../sources/source.js';
import { readFileTree } from './file-tree.js';

/**
 * Lists what is in a folder, one other folder left out.
 *
 * @param folder photographs or a published data set
 * @param options name of its layout, recognised unless given; folder that is left out, as the output of an earlier run
 * @throws DatasetError where the folder cannot be read or nothing in it can be used
 */
export async function listSource(
  folder: string,
  { source, except }: { readonly source: string | undefined; readonly except: string },
): Promise<SourceListing> {
  const tree = await readFileTree(folder);
  const excluded = `${relative(resolve(folder), resolve(except)).split(sep).join('/')}/`;
  const files = tree.files.filter((path) => !path.startsWith(excluded));
  return await inspectSource({ ...tree, files }, { source });
}
