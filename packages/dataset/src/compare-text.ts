/** Orders by UTF-16 code units: the same order in every locale, which the digest of a data set relies on. */
export function compareText(first: string, second: string): number {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
