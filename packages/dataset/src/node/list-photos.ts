import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatasetError } from '@sofd/core';
import { compareText } from '../compare-text.js';

/** What is taken for a photograph. */
const extensions = /\.(jpe?g|png|webp|avif|tiff?|gif)$/i;

/**
 * Lists the photographs under a folder, hidden files and one other folder left out.
 *
 * @param folder folder to walk
 * @param options folder that is left out, as the output of an earlier run
 * @returns paths relative to the folder, with `/`, sorted by code units
 * @throws DatasetError where the folder cannot be read or holds no photograph
 */
export async function listPhotos(folder: string, { except }: { readonly except?: string } = {}): Promise<string[]> {
  const excluded = except === undefined ? undefined : resolve(except);
  const walk = async (relative: string): Promise<string[]> => {
    const entries: Dirent[] = await readdir(join(folder, relative), { withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.name.startsWith('.') || resolve(folder, path) === excluded) continue;
      if (entry.isDirectory()) found.push(...(await walk(path)));
      else if (extensions.test(entry.name)) found.push(path);
    }
    return found;
  };
  let photos: string[];
  try {
    photos = await walk('');
  } catch (cause) {
    throw new DatasetError(`expandFolder: expected a readable folder of photographs, got ${folder}; check its path`, {
      cause,
    });
  }
  if (photos.length === 0) {
    throw new DatasetError(
      `expandFolder: expected photographs (jpg, png, webp, avif, tiff, gif) under ${folder}, got none; check the folder`,
    );
  }
  return photos.sort(compareText);
}
