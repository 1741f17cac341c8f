import type { SourceProblem } from '../source.js';

/** How many missing names a problem spells out. */
const spelt = 3;

/**
 * What is listed but not there, as one problem.
 *
 * @param listed names that should be there
 * @param isThere whether one is
 * @param options where they should be, and what they are: `videos of the test split`
 * @returns one problem, or none where nothing is missing
 */
export function reportMissing(
  listed: Iterable<string>,
  isThere: (name: string) => boolean,
  { path, what }: { readonly path: string; readonly what: string },
): SourceProblem[] {
  const names = [...listed];
  const missing = names.filter((name) => !isThere(name));
  if (missing.length === 0) return [];
  const more = missing.length > spelt ? ` and ${missing.length - spelt} more` : '';
  const problem = `${missing.length} of ${names.length} ${what} missing: ${missing.slice(0, spelt).join(', ')}${more}`;
  return [{ path, problem }];
}
