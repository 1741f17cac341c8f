/**
 * The parts of a face that expansion modes alter. Each mode names its own in {@link ExpansionMode.regions}.
 *
 * @see method.md section 8
 */
export const expansionRegions = ['eyes', 'mouth', 'nose', 'eyebrow', 'skin', 'face'] as const;

/** One of {@link expansionRegions}; `face` is all that lies inside of the face's oval. */
export type ExpansionRegion = (typeof expansionRegions)[number];
