const images = /\.(jpe?g|png|webp|avif|tiff?|gif|bmp)$/i;
const videos = /\.(mp4|m4v|mov|avi|mkv|webm|mpe?g)$/i;

/** The last part of a path: `a/b.png` gives `b.png`. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder that a path lies in, empty at the top: `a/b.png` gives `a`. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A name without its extension: `000.final.mp4` gives `000.final`. */
export const stemOf = (path: string): string => nameOf(path).replace(/\.[^.]+$/, '');

/** A path without the extension of an image or a video, so that `0.5/a.png` and `0.5/a` are the same. */
export const withoutMediaExtension = (path: string): string => path.replace(images, '').replace(videos, '');

/** Joins parts, the empty ones left out. */
export const joinPath = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');

/** Whether a file is an image, by its extension in any case. */
export const isImage = (path: string): boolean => images.test(path);

/** Whether a file is a video, by its extension in any case. */
export const isVideo = (path: string): boolean => videos.test(path);

/** The deepest folder that holds all paths, empty where they share none. */
export function commonFolder(paths: readonly string[]): string {
  let common = paths.length === 0 ? [] : folderOf(paths[0]!).split('/');
  for (const path of paths) {
    const parts = folderOf(path).split('/');
    const length = common.findIndex((part, index) => part !== parts[index]);
    if (length >= 0) common = common.slice(0, length);
  }
  return common.join('/');
}
