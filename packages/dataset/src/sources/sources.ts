import { celebDf } from './celeb-df/celeb-df.js';
import { csv } from './csv/csv.js';
import { deeperForensics } from './deeper-forensics/deeper-forensics.js';
import { df40 } from './df40/df40.js';
import { dfdc } from './dfdc/dfdc.js';
import { dfdcp } from './dfdcp/dfdcp.js';
import { diff } from './diff/diff.js';
import { diffusionFace } from './diffusion-face/diffusion-face.js';
import { faceForensics } from './face-forensics/face-forensics.js';
import { ffsc } from './ffsc/ffsc.js';
import { forgeryNet } from './forgery-net/forgery-net.js';
import { kodf } from './kodf/kodf.js';
import { pairedFolder } from './paired-folder/paired-folder.js';
import { photoFolder } from './photo-folder/photo-folder.js';
import type { DatasetSource } from './source.js';
import { wildDeepfake } from './wild-deepfake/wild-deepfake.js';

/**
 * The layouts that are recognised, the published data sets first.
 *
 * @example
 * ```ts
 * sources.map(({ name }) => name).includes('celeb-df'); // true
 * ```
 */
export const sources: readonly DatasetSource[] = [
  faceForensics,
  celebDf,
  deeperForensics,
  dfdc,
  dfdcp,
  ffsc,
  diffusionFace,
  diff,
  wildDeepfake,
  df40,
  forgeryNet,
  kodf,
  pairedFolder,
  csv,
  photoFolder,
];
