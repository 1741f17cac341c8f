import type { SplitName } from '@sofd/core';
import { append } from '../../append.js';
import { compareText } from '../../compare-text.js';
import type { SourceItem, SourceProblem } from '../source.js';
import type { Medium } from './list-media.js';
import { commonFolder, stemOf } from './path-parts.js';

/** What a source knows about an image or video: a real one, or a fake by a method. */
interface MediumFacts {
  /** The recording: two media of one key are one, of which the video is kept. */
  readonly key: string;
  /** How it was made; left out for a real one. */
  readonly fake?: { readonly method: string; readonly manipulation: string; readonly real?: string | undefined };
  readonly identity?: string | null;
  readonly groups: readonly string[];
  readonly split?: SplitName | null;
  /** Key of the mask. */
  readonly mask?: string | undefined;
}

/** The facts, a mask's key, why it is left out, or `null` where it is none of the data set's. */
export type Description = MediumFacts | { readonly maskOf: string } | { readonly skip: string } | null;

const order: Readonly<Record<SourceItem['kind'], number>> = { video: 0, frames: 1, image: 2 };

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`;

/** One problem for each reason that media were left out for. */
function reportSkips(skipped: ReadonlyMap<string, readonly string[]>): SourceProblem[] {
  return [...skipped].map(([reason, ids]) => ({
    path: ids.length === 1 ? ids[0]! : commonFolder(ids),
    problem: `${count(ids.length, 'item')} left out: ${reason}`,
  }));
}

/** Masks of the item's kind: the file of a video, or for frames the mask of each, `null` where one lacks it. */
function findMask(medium: Medium, masks: readonly Medium[] | undefined): readonly string[] | null {
  const mask = masks?.find(({ kind }) => kind === medium.kind);
  if (mask === undefined) return null;
  if (medium.kind !== 'frames') return mask.files;
  const byName = new Map(mask.files.map((path) => [stemOf(path), path]));
  const files = medium.files.flatMap((path) => byName.get(stemOf(path)) ?? []);
  return files.length === medium.files.length ? files : null;
}

/** One problem a method for the fakes whose real one is named but not there. */
function reportUnpaired(unpaired: ReadonlyMap<string, readonly string[]>, all: readonly SourceItem[]): SourceProblem[] {
  return [...unpaired].map(([method, ids]) => {
    const total = all.filter((item) => item.method === method).length;
    const problem = `${ids.length} of ${count(total, 'fake')} of ${method} without the real one it was made from: no pairs of them`;
    return { path: commonFolder(ids), problem };
  });
}

/** What is kept of each key, the masks by key, and what was left out and why. */
function sortMedia(media: readonly Medium[], describe: (medium: Medium) => Description) {
  const kept = new Map<string, { medium: Medium; facts: MediumFacts }>();
  const masks = new Map<string, Medium[]>();
  const skipped = new Map<string, string[]>();
  for (const medium of media) {
    const facts = describe(medium);
    if (facts === null) append(skipped, 'not part of the data set as it is known', medium.id);
    else if ('skip' in facts) append(skipped, facts.skip, medium.id);
    else if ('maskOf' in facts) append(masks, facts.maskOf, medium);
    else {
      const other = kept.get(facts.key);
      if (other === undefined) kept.set(facts.key, { medium, facts });
      else {
        const better = order[medium.kind] < order[other.medium.kind];
        if (better) kept.set(facts.key, { medium, facts });
        append(
          skipped,
          'the same recording is there as a video or under another path',
          (better ? other.medium : medium).id,
        );
      }
    }
  }
  return { kept, masks, skipped };
}

/**
 * Makes the items of a listing from media and what a source knows about each.
 *
 * @returns items sorted by id, and the problems: what was left out and why, and fakes without their real one
 */
export function collectItems(
  media: readonly Medium[],
  describe: (medium: Medium) => Description,
): { items: SourceItem[]; problems: SourceProblem[] } {
  const { kept, masks, skipped } = sortMedia(media, describe);
  const unpaired = new Map<string, string[]>();
  const items: SourceItem[] = [];
  for (const { medium, facts } of kept.values()) {
    const { fake, groups } = facts;
    const real = fake?.real === undefined ? undefined : kept.get(fake.real)?.medium;
    if (fake?.real !== undefined && real === undefined) append(unpaired, fake.method, medium.id);
    items.push({
      id: medium.id,
      kind: medium.kind,
      files: medium.files,
      label: fake === undefined ? 'real' : 'fake',
      manipulation: fake?.manipulation ?? 'real',
      method: fake?.method ?? null,
      identity: facts.identity ?? null,
      groups: [...new Set(groups)].sort(compareText),
      split: facts.split ?? null,
      real: real?.id ?? null,
      mask: facts.mask === undefined ? null : findMask(medium, masks.get(facts.mask)),
    });
  }
  items.sort((first, second) => compareText(first.id, second.id));
  return { items, problems: [...reportSkips(skipped), ...reportUnpaired(unpaired, items)] };
}
