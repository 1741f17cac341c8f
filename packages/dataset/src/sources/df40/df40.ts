import { findManipulation, normaliseMethod } from '../common/classify-method.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { type ImageReading, listMedia, type Medium } from '../common/list-media.js';
import { nameOf } from '../common/path-parts.js';
import { findSplit } from '../common/split-name.js';
import type { DatasetSource } from '../source.js';

/** Folders of the methods, normalised. */
const methods = new Set(
  `blendface collabdiff danet ddim deepfacelab dit e4e e4s facedancer faceswap facevid2vid fomm fsgan heygen hyperreenact inswap
   lia mcnet midjourney mobileswap mraa oneshotfree pirender pixart rddm sadtalker sd21 simswap sit stargan stargan2 starganv2
   styleclip stylegan2 stylegan3 styleganxl tpsm uniface vqgan wav2lip whichfaceisreal whichisreal`.split(/\s+/),
);
const findMethod = (folders: readonly string[]): number =>
  folders.findIndex((name) => methods.has(normaliseMethod(name)));

/** Frames of a video lie below a method in a folder that is not named for what it contains. */
function readImages(folder: string): ImageReading {
  const last = nameOf(folder).toLowerCase();
  return ['fake', 'real', 'images', 'frames', 'ff', 'cdf'].includes(last) || methods.has(normaliseMethod(last))
    ? 'images'
    : 'frames';
}

/** Group names of `001_870` and `001` of FaceForensics++, of `id0_id1_0000` and `id0_0000` of Celeb-DF, else none. */
function parseOrigin(name: string): { groups: string[]; real: string } | null {
  const forensics = /^(\d{3})(?:_(\d{3}))?$/.exec(name);
  if (forensics) {
    const [, target, source] = forensics;
    return { groups: [`ff ${target}`, `ff ${source ?? target}`], real: `ff/${target}` };
  }
  const celeb = /^(id\d+)_(?:(id\d+)_)?(\d{4})$/.exec(name);
  if (!celeb) return null;
  const [, target, source, recording] = celeb;
  return { groups: [`cdf ${target}`, `cdf ${source ?? target}`], real: `cdf/${target}_${recording}` };
}

function describe({ id, folders, name }: Medium): Description {
  const lower = folders.map((folder) => folder.toLowerCase());
  const split = findSplit(lower.map((folder) => folder.replace(/^df40_/, '')));
  const origin = parseOrigin(name);
  const index = findMethod(folders);
  if (index < 0) {
    // The real videos, which come from the other data sets.
    const isReal = ['original_sequences', 'celeb-real', 'youtube-real'].some((folder) => lower.includes(folder));
    if (!isReal) return null;
    return { key: origin?.real ?? id, groups: origin?.groups ?? [`real ${name}`], split };
  }
  const method = folders[index]!;
  // Methods of unknown origin bring their own: names alike in real/ and fake/ say nothing.
  if (lower.indexOf('real', index) >= 0) return { key: id, groups: [`${method} real ${name}`], split };
  const how = findManipulation(method);
  if ('skip' in how) return how;
  return {
    key: id,
    fake: { method, manipulation: how.manipulation, real: origin?.real },
    groups: origin?.groups ?? [`${method} ${name}`],
    split,
  };
}

/**
 * DF40: its face swaps and reenactments; real videos are those of FaceForensics++ and Celeb-DF, where they lie in the same folder.
 *
 * @see Yan et al., "DF40: Toward Next-Generation Deepfake Detection", NeurIPS 2024
 */
export const df40: DatasetSource = {
  name: 'df40',
  title: 'DF40',
  homepage: 'https://github.com/YZY-stack/DF40',
  layout:
    '<method>/ff/frames/<video>/, <method>/cdf/frames/<video>/ or <method>/fake/ and real/, for methods as simswap, fomm',
  async recognise(tree) {
    const found = [...listFolderNames(tree)].filter((folder) => methods.has(normaliseMethod(folder))).length;
    if (found >= 3) return 0.93;
    return found === 2 ? 0.75 : 0;
  },
  async list(tree) {
    const { items, problems } = collectItems(listMedia(tree.files, readImages), describe);
    if (!items.some(({ label }) => label === 'real')) {
      const problem = 'no real videos: put those of FaceForensics++ and Celeb-DF v2 beside the methods to get pairs';
      problems.unshift({ path: '', problem });
    }
    const count = new Set(items.flatMap(({ method }) => method ?? [])).size;
    return { source: 'df40', title: `DF40, ${count} methods`, items, problems, showable: false };
  },
};
