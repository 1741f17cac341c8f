import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { reportAbsentLabels } from '../common/report-absent.js';
import { findSplit } from '../common/split-name.js';
import type { DatasetSource } from '../source.js';

/** Folders of generators, in lower case, which make whole faces or paint parts of them anew. */
const generators = /^(adm|ddim|ddpm|ldm|pndm|inpaint|sdv\d+_ds[\d.]+|stable_diffusion_v[\d.]+_text2img.*)$/;
const isReal = (folder: string): boolean => /^(real|mm-?celeba-?hq|celeba-?hq.*)$/.test(folder);

function describe({ id, folders, name }: Medium): Description {
  const lower = folders.map((folder) => folder.toLowerCase());
  const split = findSplit(lower);
  const facts = { key: id, groups: [name], split };
  if (lower.includes('diffswap')) {
    const [target, source] = name.split(/[_-]/);
    const groups = source === undefined ? [name] : [target!, source];
    return { ...facts, groups, fake: { method: 'DiffSwap', manipulation: 'identity-swap' } };
  }
  const generator = folders.find((folder) => generators.test(folder.toLowerCase()));
  if (generator !== undefined)
    return { skip: `${generator} makes faces or parts of them anew: the label graph cannot name what was altered` };
  return lower.some(isReal) ? facts : null;
}

/**
 * DiffusionFace: its real photographs and its face swaps.
 *
 * @see Chen et al., "DiffusionFace: Towards a Comprehensive Dataset for Diffusion-Based Face Forgery Analysis", 2024
 */
export const diffusionFace: DatasetSource = {
  name: 'diffusion-face',
  title: 'DiffusionFace',
  homepage: 'https://github.com/Rapisurazurite/DiffFace',
  layout: 'Real/, DiffSwap/ and a folder for each generator, as ADM/, LDM/, SDv15_DS0.3/',
  async recognise(tree) {
    const folders = [...listFolderNames(tree)];
    const hasSwaps = folders.includes('diffswap');
    if (hasSwaps && folders.some((folder) => generators.test(folder))) return 0.95;
    return hasSwaps ? 0.7 : 0;
  },
  async list(tree) {
    const { items, problems: left } = collectItems(listMedia(tree.files, 'images'), describe);
    const problems = [...reportAbsentLabels(items, { real: 'Real', fake: 'DiffSwap' }), ...left];
    return { source: 'diffusion-face', title: 'DiffusionFace, face swaps', items, problems, showable: false };
  },
};
