import { BackendUnavailableError, ImageDecodeError } from '@sofd/core';
import type { PixelImage } from '../image/pixel-image.js';
import { assertAcceptableSize } from '../image/size-limit.js';
import { createCanvasContext, dropAlpha } from './browser-canvas.js';
import type { EncodedImage, ModelFile, Platform } from './platform.js';

// Written out so that bundlers find the files.
const modelUrls: Readonly<Record<ModelFile, () => URL>> = {
  'blazeface.json': () => new URL('../../models/blazeface.json', import.meta.url),
  'blazeface.bin': () => new URL('../../models/blazeface.bin', import.meta.url),
  'facemesh.json': () => new URL('../../models/facemesh.json', import.meta.url),
  'facemesh.bin': () => new URL('../../models/facemesh.bin', import.meta.url),
  'faceres.json': () => new URL('../../models/faceres.json', import.meta.url),
  'faceres.bin': () => new URL('../../models/faceres.bin', import.meta.url),
  'emotion.json': () => new URL('../../models/emotion.json', import.meta.url),
  'emotion.bin': () => new URL('../../models/emotion.bin', import.meta.url),
};

async function fetchBytes(url: string | URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok)
    throw new ImageDecodeError(`fetch: expected status 200 of ${url}, got ${response.status}; check the URL.`);
  return new Uint8Array(await response.arrayBuffer());
}

async function readSource(source: string | URL): Promise<EncodedImage> {
  try {
    return { bytes: await fetchBytes(source), name: String(source).slice(0, 200) };
  } catch (cause) {
    throw new ImageDecodeError(
      `decodeImage: expected an URL that can be fetched, got ${String(source).slice(0, 200)}; check it, and that its server allows other origins.`,
      { cause },
    );
  }
}

function hasTransparency({ data }: ImageData): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}

/** A 2d canvas multiplies colours by alpha and cannot give them back; a WebGL texture keeps them. */
function readUnmultiplied(bitmap: ImageBitmap): ImageData | null {
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl || Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return null;
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  const texture = gl.getParameter(gl.TEXTURE_BINDING_2D);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  const pixels = new Uint8ClampedArray(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(pixels.buffer));
  const failed = gl.getError() !== gl.NO_ERROR;
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return failed ? null : new ImageData(pixels, width, height);
}

async function decode({ bytes, name }: EncodedImage, maxPixels: number): Promise<PixelImage> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
      imageOrientation: 'from-image',
      colorSpaceConversion: 'default',
      premultiplyAlpha: 'none',
    });
  } catch (cause) {
    throw new ImageDecodeError(
      `decodeImage: expected an image that this browser decodes, ${name} is not one; open it in a viewer, or convert it to PNG.`,
      { cause },
    );
  }
  try {
    assertAcceptableSize(bitmap, maxPixels, name);
    const context = createCanvasContext(bitmap, 'face');
    context.drawImage(bitmap, 0, 0);
    const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return dropAlpha((hasTransparency(pixels) && readUnmultiplied(bitmap)) || pixels);
  } finally {
    bitmap.close();
  }
}

function sizeOf(source: object) {
  if (typeof HTMLImageElement !== 'undefined' && source instanceof HTMLImageElement) {
    return { width: source.naturalWidth, height: source.naturalHeight, drawable: source };
  }
  const isCanvas =
    (typeof HTMLCanvasElement !== 'undefined' && source instanceof HTMLCanvasElement) ||
    source instanceof OffscreenCanvas ||
    source instanceof ImageBitmap;
  return isCanvas ? { width: source.width, height: source.height, drawable: source } : null;
}

async function readDrawable(source: object, maxPixels: number): Promise<PixelImage | null> {
  if (source instanceof ImageData) {
    assertAcceptableSize(source, maxPixels, 'the image data');
    return dropAlpha(source);
  }
  const drawn = sizeOf(source);
  if (!drawn) return null;
  assertAcceptableSize(drawn, maxPixels, 'the drawable');
  const context = createCanvasContext(drawn, 'face');
  try {
    context.drawImage(drawn.drawable, 0, 0);
    return dropAlpha(context.getImageData(0, 0, drawn.width, drawn.height));
  } catch (cause) {
    throw new ImageDecodeError(
      'decodeImage: expected a picture whose pixels this page may read, got one that is broken or of another origin; ' +
        'wait for it to load, or serve it with CORS headers and set crossOrigin.',
      { cause },
    );
  }
}

async function encode(image: PixelImage, options: ImageEncodeOptions): Promise<Uint8Array> {
  const context = createCanvasContext(image, 'face');
  const pixels = context.createImageData(image.width, image.height);
  for (let from = 0, to = 0; from < image.data.length; from += 3, to += 4) {
    pixels.data[to] = image.data[from]!;
    pixels.data[to + 1] = image.data[from + 1]!;
    pixels.data[to + 2] = image.data[from + 2]!;
    pixels.data[to + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  const blob = await context.canvas.convertToBlob(options);
  return new Uint8Array(await blob.arrayBuffer());
}

async function readModelFile(file: ModelFile, assets: string | undefined): Promise<Uint8Array> {
  const folder = assets === undefined || assets.endsWith('/') ? assets : `${assets}/`;
  const url = folder === undefined ? modelUrls[file]() : new URL(file, new URL(folder, globalThis.location.href));
  try {
    return await fetchBytes(url);
  } catch (cause) {
    throw new BackendUnavailableError(
      `createFaceFinder: expected the model file at ${url}, could not fetch it; serve the models folder of @sofd/face and name it by \`assets\`.`,
      { cause },
    );
  }
}

/** Browsers: the browser's own decoders and canvases, files come by fetch. */
export const platform: Platform = {
  readSource,
  decode,
  readDrawable,
  encodePng: (image) => encode(image, { type: 'image/png' }),
  encodeJpeg: (image, quality) => encode(image, { type: 'image/jpeg', quality: quality / 100 }),
  readModelFile,
};
