import { splitNames } from '../../identity/split-by-group.js';
import { findManipulation } from '../common/classify-method.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { parseSplitName } from '../common/split-name.js';
import type { DatasetSource, SourceProblem } from '../source.js';

/** Edited attributes, which the methods' names end in: `diffae-age`. */
const attributes: Readonly<Record<string, 'reenactment' | null>> = {
  expr: 'reenactment',
  smile: 'reenactment',
  age: null,
  gender: null,
  pose: null,
};
/** Poses, which its name does not say. */
const poseMethods = new Set(['fnevr']);

// A clip of AVSpeech (a video's name of 11 characters, then a number or two times) or of Celeb-DF's YouTube-real; then perhaps a
// frame, and the clip whose face was put there.
const clip = String.raw`(?:.{11}_\d+(?:\.\d+_\d+\.\d+)?|\d{5})`;
const pattern = new RegExp(`^(${clip})(?:_(\\d{4})(?!\\d))?(?:_(?:by|to|2)_(${clip}))?`, 'i');

/** The clip, the frame and the other clip that a path below a method names. */
function parseClips(folders: readonly string[], name: string): { clips: string[]; frame: string | null } | null {
  for (const text of [name, ...[...folders].reverse()]) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const clips = [match[1]!, ...(match[3] === undefined ? [] : [match[3]])];
    return { clips, frame: match[2] ?? /^(\d{4})(?:_|$)/.exec(name)?.[1] ?? null };
  }
  return null;
}

function describe({ id, folders, name }: Medium): Description {
  const start = folders.findIndex((folder) => parseSplitName(folder) !== null);
  if (start < 0) return null;
  const split = parseSplitName(folders[start]!);
  const inner = folders.slice(start + 1).filter((folder) => !/^protocol/i.test(folder));
  const [method, ...below] = inner;
  if (method === undefined) return null;
  const parsed = parseClips(below, name);
  if (parsed === null) return { skip: 'its name does not say which clip it was made from' };
  const { clips, frame } = parsed;
  const real = `real/${clips[0]}/${frame}`;
  if (method.toLowerCase() === 'real') return { key: real, groups: clips, split };
  const attribute = poseMethods.has(method.toLowerCase()) ? 'pose' : /-([a-z]+)$/i.exec(method)?.[1]?.toLowerCase();
  if (attribute !== undefined && attributes[attribute] === null)
    return { skip: `${method} edits the ${attribute}, which the label graph of FaceForensics++ has no label for` };
  const edited = attribute === undefined ? undefined : attributes[attribute];
  const how = edited == null ? findManipulation(method) : { manipulation: edited };
  if ('skip' in how) return how;
  return { key: id, fake: { method, manipulation: how.manipulation, real }, groups: clips, split };
}

/**
 * FFSC, the data set of semantic edits: its swaps and changed expressions. Every frame is an item, as its methods alter frames.
 *
 * @see Zou et al., "Semantic Contextualization of Face Forgery: A New Definition, Dataset, and Detection Method", TIFS 2025
 */
export const ffsc: DatasetSource = {
  name: 'ffsc',
  title: 'FFSC',
  homepage: 'https://github.com/MZMMSEC/SO-DFD',
  layout: 'Train/, Val/, Test/ with Real/ and a folder for each method, as BlendFace/, diffae-age/, fomm-expr/',
  async recognise(tree) {
    const folders = listFolderNames(tree);
    const methods = [...folders].filter((folder) => /^[a-z0-9_]+-(age|gender|expr|pose|smile)$/.test(folder));
    if (methods.length > 0 && folders.has('real')) return 0.98;
    return methods.length >= 2 ? 0.8 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const { items, problems: left } = collectItems(listMedia(tree.files, 'images'), describe);
    for (const split of splitNames)
      if (!items.some((item) => item.split === split))
        problems.push({ path: split, problem: `no items of the ${split} split` });
    return { source: 'ffsc', title: 'FFSC', items, problems: [...problems, ...left], showable: false };
  },
};
