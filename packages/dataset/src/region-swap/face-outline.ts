import type { FaceSample } from '../face-sample.js';

/** Mesh points on forehead and cheeks, where there is skin whatever the face does. */
const skinPoints = [9, 151, 50, 280, 101, 330, 205, 425] as const;

/** What {@link chooseDonor} compares of a face: small, so that those of a whole data set fit into memory. */
export interface FaceOutline {
  /** As {@link FaceSample.id}. */
  readonly id: string;
  /** As {@link FaceSample.identity}. */
  readonly identity: string;
  /** Side of the crop in pixels. */
  readonly side: number;
  /** As {@link FaceSample.mesh}. */
  readonly mesh: Float32Array;
  /** Mean colours of eight patches of skin, `[8, 3]` in 0..255: lights differ from cheek to cheek. */
  readonly tones: Float32Array;
}

/** Mean colour of a square patch about a mesh point. */
function measureTone({ crop, mesh }: FaceSample, point: number): number[] {
  const radius = Math.max(1, Math.round(crop.width / 80));
  const centerX = Math.round(mesh[2 * point]!);
  const centerY = Math.round(mesh[2 * point + 1]!);
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = Math.max(0, centerY - radius); y <= Math.min(crop.height - 1, centerY + radius); y++) {
    for (let x = Math.max(0, centerX - radius); x <= Math.min(crop.width - 1, centerX + radius); x++) {
      for (let c = 0; c < 3; c++) sum[c]! += crop.data[3 * (y * crop.width + x) + c]!;
      count++;
    }
  }
  return sum.map((value) => value / Math.max(1, count));
}

/**
 * Measures what the choice of a donor needs to know of a face, once a face; the crop is not needed after.
 *
 * @param sample the face
 * @returns its outline; the mesh is shared with the sample
 *
 * @example
 * ```ts
 * const candidates = [donor].map(measureOutline);
 * const closest = chooseDonor(measureOutline(target), candidates, { region: 'eyes', random: createRandom(7) });
 * ```
 */
export function measureOutline(sample: FaceSample): FaceOutline {
  const { id, identity, crop, mesh } = sample;
  const tones = Float32Array.from(skinPoints.flatMap((point) => measureTone(sample, point)));
  return { id, identity, side: crop.width, mesh, tones };
}
