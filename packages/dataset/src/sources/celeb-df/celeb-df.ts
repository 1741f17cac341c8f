import type { SplitName } from '@sofd/core';
import { append } from '../../append.js';
import { findManipulation } from '../common/classify-method.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { nameOf, withoutMediaExtension } from '../common/path-parts.js';
import { reportMissing } from '../common/report-missing.js';
import type { FileTree } from '../file-tree.js';
import type { DatasetSource, SourceProblem } from '../source.js';

const parts = ['celeb-real', 'youtube-real', 'celeb-synthesis'];
const families = new Set(['faceswap', 'facereenact', 'talkingface']);
const containers = new Set(['videos', 'frames', 'images']);

interface CelebPath {
  readonly part: string;
  /** Folder of the method, `null` for real ones and in v1 and v2. */
  readonly method: string | null;
  /** What the list of testing videos calls it, in lower case without extension. */
  readonly key: string;
}

/** Reads `Celeb-synthesis/FaceSwap/SimSwap/id0_id1_0000`, in which `videos/` or `frames/` may stand anywhere. */
function parsePath(folders: readonly string[], name: string): CelebPath | null {
  const start = folders.findIndex((folder) => parts.includes(folder.toLowerCase()));
  if (start < 0) return null;
  const inner = folders.slice(start + 1).filter((folder) => !containers.has(folder.toLowerCase()));
  const methods = inner.filter((folder) => !families.has(folder.toLowerCase()));
  const part = folders[start]!.toLowerCase();
  return { part, method: methods[0] ?? null, key: [part, ...methods, name].join('/').toLowerCase() };
}

function describe({ folders, name }: Medium, splitOf: (key: string) => SplitName | null): Description {
  const path = parsePath(folders, name);
  if (path === null) return null;
  const { part, method, key } = path;
  const split = splitOf(key);
  if (part === 'youtube-real') return { key, groups: [`youtube ${name}`], split };
  const [target, second, third] = name.split('_');
  if (target === undefined || second === undefined || !/^id\d+$/.test(target))
    return { skip: 'its name does not say who is shown' };
  if (part === 'celeb-real') return { key, identity: target, groups: [target], split };
  // A talking face is driven by sound: its second part is the recording.
  const isSwap = /^id\d+$/.test(second);
  const how = method === null ? { manipulation: 'identity-swap' } : findManipulation(method);
  if ('skip' in how) return how;
  return {
    key,
    fake: {
      method: method ?? 'Celeb-DF',
      manipulation: how.manipulation,
      real: `celeb-real/${target}_${isSwap ? third : second}`,
    },
    identity: target,
    groups: isSwap ? [target, second] : [target],
    split,
  };
}

/** Keys of `List_of_testing_videos.txt`: a digit and a path a line. `null` where the list is not there. */
async function readTestList(tree: FileTree, problems: SourceProblem[]): Promise<Set<string> | null> {
  const path = tree.files.find((file) => /^list_of_testing_videos.*\.txt$/i.test(nameOf(file)));
  if (path === undefined) {
    problems.push({ path: '', problem: 'List_of_testing_videos.txt missing: the items have no split' });
    return null;
  }
  const keys = new Set<string>();
  let wrong = 0;
  for (const line of (await tree.readText(path)).split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const listed = /^\s*(?:[01]\s+)?(\S.*?)\s*$/.exec(line)![1]!;
    const segments = withoutMediaExtension(listed).split('/');
    const parsed = parsePath(segments.slice(0, -1), segments.at(-1)!);
    if (parsed === null) wrong++;
    else keys.add(parsed.key);
  }
  if (wrong > 0)
    problems.push({ path, problem: `${wrong} lines name no video of Celeb-real, YouTube-real or Celeb-synthesis` });
  return keys;
}

/** The release: v3 has folders of methods; v1 lists 100 test videos and v2 518. */
function findVersion(tree: FileTree, tests: Set<string> | null): string {
  const folders = listFolderNames(tree);
  if ([...families].some((family) => folders.has(family))) return '++ (v3)';
  const named = [...folders]
    .map((folder) => /^celeb-?df-?(v[12])$/.exec(folder)?.[1])
    .find((name) => name !== undefined);
  if (named !== undefined) return ` ${named}`;
  if (tests === null) return '';
  return tests.size <= 100 ? ' v1' : ' v2';
}

/**
 * Celeb-DF v1, v2 and ++ (v3).
 *
 * @see Li et al., "Celeb-DF: A Large-scale Challenging Dataset for DeepFake Forensics", CVPR 2020
 */
export const celebDf: DatasetSource = {
  name: 'celeb-df',
  title: 'Celeb-DF',
  homepage: 'https://github.com/yuezunli/celeb-deepfakeforensics',
  layout: 'Celeb-real/, YouTube-real/, Celeb-synthesis/ and List_of_testing_videos.txt',
  async recognise(tree) {
    const folders = listFolderNames(tree);
    return folders.has('celeb-synthesis') || folders.has('celeb-real') ? 1 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const tests = await readTestList(tree, problems);
    // The authors train on what is not listed.
    const splitOf = (key: string): SplitName | null => (tests === null ? null : tests.has(key) ? 'test' : 'train');
    const media = listMedia(tree.files, 'frames');
    const { items, problems: left } = collectItems(media, (medium) => describe(medium, splitOf));
    const found = new Set(media.map(({ folders, name }) => parsePath(folders, name)?.key));
    const folders = new Map<string, string[]>();
    for (const key of tests ?? []) append(folders, key.slice(0, key.lastIndexOf('/')), nameOf(key));
    for (const [folder, names] of folders) {
      const what = 'videos of the test split';
      problems.push(...reportMissing(names, (name) => found.has(`${folder}/${name}`), { path: folder, what }));
    }
    for (const part of parts)
      if (!media.some(({ folders: above }) => above.some((name) => name.toLowerCase() === part)))
        problems.push({ path: part, problem: `no videos of ${part}` });
    return {
      source: 'celeb-df',
      title: `Celeb-DF${findVersion(tree, tests)}`,
      items,
      problems: [...problems, ...left],
      showable: false,
    };
  },
};
