import type { SplitName } from '@sofd/core';
import { findManipulation } from '../common/classify-method.js';
import { collectItems, type Description } from '../common/collect-items.js';
import { listFolderNames } from '../common/folder-names.js';
import { listMedia, type Medium } from '../common/list-media.js';
import { reportMissing } from '../common/report-missing.js';
import type { DatasetSource, SourceProblem } from '../source.js';
import { findPart, isReal, parseFakeName, parsePath } from './parse-path.js';
import { readSplits, type SplitPairs } from './splits.js';

const keyOf = (part: string, compression: string, name: string): string => `${part}/${compression}/${name}`;

function describe(medium: Medium, splitOf: ReadonlyMap<string, SplitName>): Description {
  const path = parsePath(medium);
  if (path === null) return null;
  const { part, compression, name } = path;
  // Masks do not depend on the compression.
  if (path.isMask) return { maskOf: keyOf(part, '', name) };
  const key = keyOf(part, compression, name);
  if (part === 'youtube') return { key, groups: [name], split: splitOf.get(name) ?? null };
  if (part === 'actors') {
    const actor = name.split('__')[0]!;
    return { key, identity: actor, groups: [`actor ${actor}`] };
  }
  const fake = parseFakeName(part, name);
  if (fake === null) return { skip: `its name does not say which videos ${part} made it from` };
  const how = findManipulation(part);
  if ('skip' in how) return how;
  const isDetection = part === 'DeepFakeDetection';
  return {
    key,
    fake: {
      method: part,
      manipulation: how.manipulation,
      real: keyOf(isDetection ? 'actors' : 'youtube', compression, fake.real),
    },
    identity: isDetection ? fake.target : null,
    groups: [fake.target, fake.source].map((group) => (isDetection ? `actor ${group}` : group)),
    split: isDetection ? null : (splitOf.get(fake.target) ?? null),
    mask: keyOf(part, '', name),
  };
}

/** What the split files list and the folders lack, for each part and compression that is there at all. */
function findMissing(media: readonly Medium[], splits: readonly SplitPairs[]): SourceProblem[] {
  const found = new Map<string, Set<string>>();
  for (const medium of media) {
    const path = parsePath(medium);
    if (path === null || path.isMask || path.part === 'actors' || path.part === 'DeepFakeDetection') continue;
    const part = path.compression === '' ? path.part : `${path.part} ${path.compression}`;
    found.set(part, (found.get(part) ?? new Set()).add(path.name));
  }
  const problems = [...found].flatMap(([part, names]) =>
    splits.flatMap(({ split, pairs }) => {
      const listed = part.startsWith('youtube')
        ? pairs.flat()
        : pairs.flatMap(([first, second]) => [`${first}_${second}`, `${second}_${first}`]);
      const what = `videos of ${part} in the ${split} split`;
      return reportMissing(listed, (name) => names.has(name), { path: part.split(' ')[0]!, what });
    }),
  );
  const parts = new Set([...found.keys()].map((part) => part.split(' ')[0]!));
  for (const part of ['youtube', 'Deepfakes', 'Face2Face', 'FaceSwap', 'NeuralTextures'])
    if (!parts.has(part)) problems.push({ path: part, problem: `no videos of ${part}` });
  return problems;
}

/**
 * FaceForensics++ with all its methods, FaceShifter and DeepFakeDetection, as videos or frames.
 *
 * @see Rössler et al., "FaceForensics++: Learning to Detect Manipulated Facial Images", ICCV 2019
 */
export const faceForensics: DatasetSource = {
  name: 'face-forensics',
  title: 'FaceForensics++',
  homepage: 'https://github.com/ondyari/FaceForensics',
  layout: 'original_sequences/ and manipulated_sequences/<method>/<compression>/videos/, or a folder for each method',
  async recognise(tree) {
    const folders = listFolderNames(tree);
    if (folders.has('manipulated_sequences') || folders.has('original_sequences')) return 0.95;
    const parts = new Set([...folders].map(findPart).filter((part) => part !== undefined));
    return [...parts].filter((part) => !isReal(part)).length >= 2 || parts.has('DeepFakeDetection') ? 0.7 : 0;
  },
  async list(tree) {
    const problems: SourceProblem[] = [];
    const splits = await readSplits(tree, problems);
    const splitOf = new Map(splits.flatMap(({ split, pairs }) => pairs.flat().map((name) => [name, split] as const)));
    const media = listMedia(tree.files, 'frames');
    const { items, problems: left } = collectItems(media, (medium) => describe(medium, splitOf));
    const paths = media.map(parsePath).filter((path) => path !== null && !path.isMask);
    const compressions = [...new Set(paths.map((path) => path!.compression))].filter((name) => name !== '').sort();
    const kinds = [...new Set(items.map(({ kind }) => (kind === 'video' ? 'videos' : 'frames')))].sort();
    return {
      source: 'face-forensics',
      title: `FaceForensics++ ${[...compressions, ...kinds].join(', ')}`.trim(),
      items,
      problems: [...problems, ...findMissing(media, splits), ...left],
      showable: false,
    };
  },
};
