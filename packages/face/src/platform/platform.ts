import type { PixelImage } from '../image/pixel-image.js';

/** Bytes of an image file, with a name for messages. */
export interface EncodedImage {
  readonly bytes: Uint8Array;
  /** How messages call it: a path, a URL or 'the buffer'. */
  readonly name: string;
}

/** What Node and browsers do differently. Both `node.ts` and `browser.ts` export this as `platform`. */
export interface Platform {
  /** Reads a path or URL. */
  readSource(source: string | URL): Promise<EncodedImage>;
  /** Decodes a file whose claimed size was found acceptable. */
  decode(image: EncodedImage, maxPixels: number): Promise<PixelImage>;
  /** Reads the pixels of an object that only browsers have; null when it is none. */
  readDrawable(source: object, maxPixels: number): Promise<PixelImage | null>;
  encodePng(image: PixelImage): Promise<Uint8Array>;
  /** Quality from 1 to 100. */
  encodeJpeg(image: PixelImage, quality: number): Promise<Uint8Array>;
  /** Reads a file of the models folder. */
  readModelFile(file: ModelFile, assets: string | undefined): Promise<Uint8Array>;
}

/** A file of this package's models folder. */
export type ModelFile = `${'blazeface' | 'facemesh' | 'faceres' | 'emotion'}.${'json' | 'bin'}`;
