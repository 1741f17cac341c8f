import { append } from '../../append.js';
import { compareText } from '../../compare-text.js';
import type { SourceKind } from '../source.js';
import { folderOf, isImage, isVideo, nameOf, stemOf } from './path-parts.js';

/** An image, a video or a folder of frames before anybody has said what it shows. */
export interface Medium {
  /** Path of the file or of the folder of frames. */
  readonly id: string;
  /** Its name without folders and extension. */
  readonly name: string;
  /** The folders above it. */
  readonly folders: readonly string[];
  readonly kind: SourceKind;
  /** In order: frames by their number. */
  readonly files: readonly string[];
}

/** Orders by the last number in the names: frame 10 follows frame 9 whether or not they are padded. */
function sortFrames(paths: readonly string[]): string[] {
  const numbered = paths.map((path) => ({ path, number: Number(/(\d+)\D*$/.exec(stemOf(path))?.[1] ?? -1) }));
  numbered.sort((first, second) => first.number - second.number || compareText(first.path, second.path));
  return numbered.map(({ path }) => path);
}

/** `images` lists every image by itself; `frames` takes the images of one folder for the frames of one video. */
export type ImageReading = 'images' | 'frames';

/**
 * Lists the images and videos among files.
 *
 * @param files paths
 * @param reading what the images of a folder are; a function decides by the folder's path
 * @returns sorted by id
 */
export function listMedia(
  files: readonly string[],
  reading: ImageReading | ((folder: string) => ImageReading),
): Medium[] {
  const read = typeof reading === 'function' ? reading : () => reading;
  const media: Medium[] = [];
  const frames = new Map<string, string[]>();
  const readings = new Map<string, ImageReading>();
  const add = (id: string, name: string, kind: SourceKind, paths: readonly string[]) => {
    const folder = folderOf(id);
    media.push({ id, name, kind, files: paths, folders: folder === '' ? [] : folder.split('/') });
  };
  for (const path of files) {
    if (isVideo(path)) add(path, stemOf(path), 'video', [path]);
    if (!isImage(path)) continue;
    const folder = folderOf(path);
    let how = readings.get(folder);
    if (how === undefined) {
      how = folder === '' ? 'images' : read(folder);
      readings.set(folder, how);
    }
    if (how === 'frames') append(frames, folder, path);
    else add(path, stemOf(path), 'image', [path]);
  }
  for (const [folder, paths] of frames) add(folder, nameOf(folder), 'frames', sortFrames(paths));
  return media.sort((first, second) => compareText(first.id, second.id));
}
