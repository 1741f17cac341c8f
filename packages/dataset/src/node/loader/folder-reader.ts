import { join } from 'node:path';
import { decodeImage, type PixelImage } from '@sofd/face';
import type { StoredImage } from '../../batches/image-loader.js';

/** Reads images of a data set's folder by their rows alone. */
export const createFolderReader =
  (folder: string): ((image: StoredImage) => Promise<PixelImage>) =>
  ({ file_name }) =>
    decodeImage(join(folder, file_name));
