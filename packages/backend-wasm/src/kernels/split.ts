/** The start of a range, and the index after its end. */
export type Range = readonly [start: number, end: number];

/**
 * Operations that take several times as long as handing work to a thread does: 200,000 multiply-adds, or 25,000 numbers that are
 * read and written, about 10 us.
 */
const worthAThread = 200_000;

/** Operations that a number costs that is read, computed with a little, and written. */
export const perNumber = 8;

/** How many of the threads are worth using. */
export const countShares = (operations: number, threads: number): number =>
  threads === 1 ? 1 : Math.max(1, Math.min(threads, Math.floor(operations / worthAThread)));

/** Splits an extent into at most `count` ranges of about equal length that begin at multiples of `unit`. */
export function splitExtent(extent: number, count: number, unit = 1): Range[] {
  if (count === 1) return [[0, extent]];
  const units = Math.ceil(extent / unit);
  const parts = Math.max(1, Math.min(count, units));
  const bound = (i: number) => Math.min(extent, Math.floor((units * i) / parts) * unit);
  return Array.from({ length: parts }, (_, i) => [bound(i), bound(i + 1)] as const);
}
