/** The face regions that expansion alters, in the order in which they are taken. @see method.md section 8 */
export const expansionRegions = ['eyes', 'mouth', 'nose'] as const;

/** One of {@link expansionRegions}. */
export type ExpansionRegion = (typeof expansionRegions)[number];
