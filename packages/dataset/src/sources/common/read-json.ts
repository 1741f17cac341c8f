import * as v from 'valibot';
import type { FileTree } from '../file-tree.js';
import type { SourceProblem } from '../source.js';

/**
 * Reads a JSON file of a data set; one that cannot be used becomes a problem.
 *
 * @param tree the data set
 * @param path the file
 * @param schema what it should hold
 * @param problems takes the problem
 * @returns what it holds, `null` where it cannot be used
 */
export async function readJson<Output>(
  tree: FileTree,
  path: string,
  { schema, problems }: { readonly schema: v.GenericSchema<unknown, Output>; readonly problems: SourceProblem[] },
): Promise<Output | null> {
  try {
    const result = v.safeParse(schema, JSON.parse(await tree.readText(path)));
    if (result.success) return result.output;
    problems.push({
      path,
      problem: `not used: ${result.issues[0].message} at ${v.getDotPath(result.issues[0]) ?? 'top'}`,
    });
  } catch (error) {
    problems.push({ path, problem: `not used: no readable JSON (${error instanceof Error ? error.message : error})` });
  }
  return null;
}
