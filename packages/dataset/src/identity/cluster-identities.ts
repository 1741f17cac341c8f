import { append } from '../append.js';
import { compareText } from '../compare-text.js';
import { scaleToUnit } from './scale-to-unit.js';

/** A face as the clustering sees it. */
export interface DescribedFace {
  readonly id: string;
  /** The photograph it is in. */
  readonly source: string;
  /** Face descriptor of `FaceFinder.describe`, any length, all of one length. */
  readonly descriptor: Float32Array;
}

/** The people among some faces. */
export interface IdentityClusters {
  /** Name of the person, `p000`, `p001`, ..., by face id. People are numbered in the order of their first face id. */
  readonly identityOf: ReadonlyMap<string, string>;
  /** Face ids by person, both sorted. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/**
 * Two faces of one photograph are two people, but for collages, where they are alike beyond this.
 */
const collageSimilarity = 0.75;

/** Cosine similarity by indices; -1 where two faces cannot be one person. */
type Compare = (first: number, second: number) => number;

function createCompare(faces: readonly DescribedFace[]): Compare {
  const units = faces.map(({ descriptor }) => scaleToUnit(descriptor));
  return (i, j) => {
    const [first, second] = [units[i]!, units[j]!];
    let similarity = 0;
    for (let k = 0; k < first.length; k++) similarity += first[k]! * second[k]!;
    return faces[i]!.source === faces[j]!.source && similarity < collageSimilarity ? -1 : Math.fround(similarity);
  };
}

/**
 * Faces that chains of similar pairs connect. People are within such a group: a mean similarity reaches the threshold only
 * where that of one pair does.
 */
function collectConnected(count: number, compare: Compare, threshold: number): number[][] {
  const groups: number[][] = [];
  const waiting = new Set(Array.from({ length: count }, (_, i) => i));
  for (const start of waiting) {
    waiting.delete(start);
    const group = [start];
    for (const face of group) {
      for (const other of waiting) {
        if (compare(face, other) < threshold) continue;
        waiting.delete(other);
        group.push(other);
      }
    }
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}

/** Similarities of all pairs of a group, `[faces, faces]`. */
function computeSimilarities(group: readonly number[], compare: Compare): Float32Array {
  const count = group.length;
  const similarities = new Float32Array(count * count).fill(-1);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const similarity = compare(group[i]!, group[j]!);
      similarities[i * count + j] = similarity;
      similarities[j * count + i] = similarity;
    }
  }
  return similarities;
}

/**
 * Joins the two clusters of the largest mean similarity until it is under the threshold.
 *
 * @param similarities `[count, count]`, symmetric; overwritten
 * @returns for every face the lowest index of its cluster
 */
function joinByMeanSimilarity(similarities: Float32Array, count: number, threshold: number): Int32Array {
  const cluster = Int32Array.from({ length: count }, (_, i) => i);
  const sizes = new Int32Array(count).fill(1);
  const active = Array.from(cluster);
  const at = (i: number, j: number) => similarities[i * count + j]!;
  const findNearest = (i: number) =>
    active.reduce((best, j) => (j !== i && (best < 0 || at(i, j) > at(i, best)) ? j : best), -1);
  const nearest = active.map(findNearest);
  while (active.length > 1) {
    const first = active.reduce((best, i) => (at(i, nearest[i]!) > at(best, nearest[best]!) ? i : best));
    if (at(first, nearest[first]!) < threshold) break;
    const [kept, gone] = [Math.min(first, nearest[first]!), Math.max(first, nearest[first]!)];
    active.splice(active.indexOf(gone), 1);
    for (const other of active) {
      const mean = (sizes[kept]! * at(kept, other) + sizes[gone]! * at(gone, other)) / (sizes[kept]! + sizes[gone]!);
      similarities[kept * count + other] = mean;
      similarities[other * count + kept] = mean;
    }
    sizes[kept]! += sizes[gone]!;
    for (let i = 0; i < count; i++) if (cluster[i] === gone) cluster[i] = kept;
    // A mean never exceeds both of its parts: only those that pointed at one of the two have to look again.
    for (const i of active) if (i === kept || nearest[i] === kept || nearest[i] === gone) nearest[i] = findNearest(i);
  }
  return cluster;
}

/**
 * Finds which faces show one person: average-linkage clustering of the descriptors' cosine similarities. Linking single pairs
 * would chain strangers together as a folder grows (of 270 portraits of 270 people, 255 became one).
 *
 * Joining too many is safe (people stay on one side of a split), joining too few leaks a person across splits, so the
 * threshold belongs on the low side.
 *
 * All pairs are compared, which takes time with the square of the faces. Memory grows with the faces, and with the square of
 * the largest group of them that chains of similar pairs connect (4 bytes a pair).
 *
 * @param faces in any order: the result depends on the ids alone
 * @param options least mean cosine similarity of the faces of one person
 *
 * @example
 * ```ts
 * const { identityOf } = clusterIdentities(faces, { threshold: 0.52 });
 * identityOf.get(faces[0].id); // 'p000'
 * ```
 */
export function clusterIdentities(
  faces: readonly DescribedFace[],
  { threshold }: { readonly threshold: number },
): IdentityClusters {
  const sorted = [...faces].sort((a, b) => compareText(a.id, b.id));
  const compare = createCompare(sorted);
  const cluster = new Int32Array(sorted.length);
  for (const group of collectConnected(sorted.length, compare, threshold)) {
    const own = joinByMeanSimilarity(computeSimilarities(group, compare), group.length, threshold);
    group.forEach((face, i) => {
      cluster[face] = group[own[i]!]!;
    });
  }
  const names = new Map<number, string>();
  const identityOf = new Map<string, string>();
  const members = new Map<string, string[]>();
  sorted.forEach(({ id }, i) => {
    const name = names.get(cluster[i]!) ?? `p${String(names.size).padStart(3, '0')}`;
    names.set(cluster[i]!, name);
    identityOf.set(id, name);
    append(members, name, id);
  });
  return { identityOf, members };
}
