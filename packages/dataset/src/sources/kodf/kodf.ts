import { findManipulation } from '../common/classify-method.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import type { DatasetSource } from '../source.js';

const methods = ['audio-driven', 'dffs', 'dfl', 'fo', 'fsgan'] as const;
/** Third part of a fake's name. */
const codes: Readonly<Record<string, (typeof methods)[number]>> = {
  1: 'dfl',
  2: 'dffs',
  3: 'fsgan',
  4: 'fo',
  5: 'audio-driven',
};

function describe({ id, folders, name }: Medium): Description {
  const lower = folders.map((folder) => folder.toLowerCase());
  if (lower.some((folder) => folder === 'original_videos' || folder === 'original_content')) {
    const actor = name.slice(0, Math.max(0, name.lastIndexOf('_')));
    if (actor === '') return { skip: 'its name does not say who is shown' };
    return { key: id, identity: actor, groups: [actor] };
  }
  const folder = methods.find((method) => lower.includes(method));
  if (folder === undefined && !lower.includes('synthesized_videos')) return null;
  const [target, source, code] = name.split('_');
  const method = (name.split('_').length === 4 ? codes[code!] : undefined) ?? folder;
  if (method === undefined || target === undefined || source === undefined)
    return { skip: 'its name does not say who is shown and how it was made' };
  const how = findManipulation(method);
  if ('skip' in how) return how;
  // Which of the actor's clips was altered, nobody says.
  return { key: id, fake: { method, manipulation: how.manipulation }, identity: target, groups: [target, source] };
}

/**
 * KoDF: clips of Korean actors and fakes by five methods.
 *
 * @see Kwon et al., "KoDF: A Large-scale Korean DeepFake Detection Dataset", ICCV 2021
 */
export const kodf: DatasetSource = {
  name: 'kodf',
  title: 'KoDF',
  homepage: 'https://github.com/deepbrainai-research/kodf',
  layout: 'original_videos/<actor>/ and synthesized_videos/<method>/',
  async recognise(tree) {
    const folders = listFolderNames(tree);
    if (folders.has('synthesized_videos')) return 0.98;
    return methods.filter((method) => folders.has(method)).length >= 2 && folders.has('dffs') ? 0.8 : 0;
  },
  async list(tree) {
    const { items, problems } = collectItems(listMedia(tree.files, 'frames'), describe);
    if (!items.some(({ label }) => label === 'real'))
      problems.unshift({ path: 'original_videos', problem: 'no videos of the actors' });
    for (const name of methods)
      if (!items.some(({ method }) => method === name))
        problems.push({ path: `synthesized_videos/${name}`, problem: `no videos of ${name}` });
    return { source: 'kodf', title: 'KoDF', items, problems, showable: false };
  },
};
