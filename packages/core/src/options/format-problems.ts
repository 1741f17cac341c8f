/**
 * One message for several problems, by the grammar of sofd's errors.
 *
 * @param where - what was checked
 * @param problems - at least one
 * @example
 * ```ts
 * formatProblems('dataset.json', ['seed: missing']); // 'dataset.json: seed: missing.'
 * ```
 */
export function formatProblems(where: string, problems: readonly string[]): string {
  if (problems.length === 1) return `${where}: ${problems[0]}.`;
  return `${where}: ${problems.length} problems:${problems.map((problem) => `\n- ${problem}`).join('')}`;
}
