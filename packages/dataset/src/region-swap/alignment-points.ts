import type { ExpansionRegion } from '../expansion-region.js';

/** Mesh points that place a region, and points of the face around it that keep it in proportion. */
export interface AlignmentPoints {
  /** Points of the region itself, weight 1. */
  readonly region: readonly number[];
  /** Points around it, weight {@link anchorWeight}. */
  readonly anchors: readonly number[];
}

/** Weight of an anchor against a point of the region. */
export const anchorWeight = 0.35;

/** Eyes, nose and mouth place a face; its outline, which turns with the head most, has less to say. */
const wholeFace: AlignmentPoints = {
  region: [33, 133, 362, 263, 168, 4, 61, 291, 0, 17],
  anchors: [105, 334, 50, 280, 10, 152, 234, 454, 58, 288],
};

/** Points of the canonical face mesh that align each region between two people. */
export const alignmentPoints: Readonly<Record<ExpansionRegion, AlignmentPoints>> = {
  eyes: {
    region: [33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380],
    anchors: [70, 105, 107, 336, 334, 300, 168, 6, 111, 340],
  },
  mouth: {
    region: [61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91],
    anchors: [2, 164, 98, 327, 200, 199, 57, 287],
  },
  nose: {
    region: [168, 6, 197, 195, 4, 1, 2, 98, 327, 48, 278, 49, 279, 198, 420],
    anchors: [133, 362, 0, 205, 425],
  },
  eyebrow: {
    region: [70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 300, 293, 334, 296, 336, 276, 283, 282, 295, 285],
    anchors: [33, 159, 133, 362, 386, 263, 9, 168],
  },
  skin: wholeFace,
  face: wholeFace,
};
