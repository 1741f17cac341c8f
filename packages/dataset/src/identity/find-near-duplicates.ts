import type { SplitName } from '@sofd/core';
import { scaleToUnit } from './scale-to-unit.js';

/** A face, its split and its descriptor. */
export interface SplitDescriptor {
  readonly id: string;
  readonly split: SplitName;
  readonly descriptor: Float32Array;
}

/** Two faces of different splits. */
export interface NearDuplicate {
  readonly ids: readonly [string, string];
  /** Cosine similarity. */
  readonly similarity: number;
}

/** Numbers after which a pair is looked at whether it can still reach the threshold. */
const chunk = 64;

/** Lengths of what is left of each descriptor after each chunk, `[faces, chunks]`. */
function computeTails(units: readonly Float32Array[], chunks: number): Float32Array {
  const tails = new Float32Array(units.length * chunks);
  units.forEach((unit, face) => {
    let sum = 0;
    for (let part = chunks - 1; part >= 0; part--) {
      tails[face * chunks + part] = Math.sqrt(sum);
      for (let i = part * chunk; i < Math.min(unit.length, (part + 1) * chunk); i++) sum += unit[i]! ** 2;
    }
  });
  return tails;
}

/**
 * Finds pairs of faces of different splits whose descriptors are alike beyond a threshold.
 *
 * All pairs are compared, n^2 / 2 of them, but a pair is left as soon as it cannot reach the threshold any more: what is
 * left of two vectors adds at most the product of its lengths (Cauchy-Schwarz). Memory grows with n.
 *
 * @param faces descriptors all of one length
 * @param options least cosine similarity, -1..1
 */
export function* findNearDuplicates(
  faces: readonly SplitDescriptor[],
  { similarity: threshold }: { readonly similarity: number },
): Generator<NearDuplicate, void, undefined> {
  const units = faces.map(({ descriptor }) => scaleToUnit(descriptor));
  const length = units[0]?.length ?? 0;
  const chunks = Math.ceil(length / chunk);
  const tails = computeTails(units, chunks);
  for (let i = 0; i < faces.length; i++) {
    const first = units[i]!;
    for (let j = i + 1; j < faces.length; j++) {
      if (faces[i]!.split === faces[j]!.split) continue;
      const second = units[j]!;
      let dot = 0;
      let bound = 1;
      for (let part = 0; part < chunks && bound >= threshold; part++) {
        for (let k = part * chunk; k < Math.min(length, (part + 1) * chunk); k++) dot += first[k]! * second[k]!;
        bound = dot + tails[i * chunks + part]! * tails[j * chunks + part]!;
      }
      if (bound >= threshold) yield { ids: [faces[i]!.id, faces[j]!.id], similarity: dot };
    }
  }
}
