import * as v from 'valibot';

/** A finite number from 0. */
export const nonNegative = v.pipe(v.number(), v.finite(), v.minValue(0));
/** A finite number above 0. */
export const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
/** The least value that a loss can take, where it is not that of the fidelity loss. */
export const minimumLoss = v.optional(v.pipe(v.number(), v.finite()));
