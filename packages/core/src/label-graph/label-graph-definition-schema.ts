import * as v from 'valibot';
import type { LabelGraphDefinition } from './definition.js';
import { type DefinitionProblem, findDefinitionProblems } from './find-definition-problems.js';

type PathItems = [v.IssuePathItem, ...v.IssuePathItem[]];

/** The path in valibot's form, so that it is appended to the path of the file that holds the definition. */
function createPath(input: unknown, path: DefinitionProblem['path']): PathItems | undefined {
  let current: unknown = input;
  const items = path.map((key): v.IssuePathItem => {
    const value: unknown = (current as Record<string | number, unknown> | undefined)?.[key];
    const item = { type: 'unknown', origin: 'value', input: current, key, value } as const;
    current = value;
    return item;
  });
  return items.length === 0 ? undefined : (items as PathItems);
}

/** Accepts what `defineLabelGraph` accepts; reports all problems with their paths. */
export const labelGraphDefinitionSchema: v.GenericSchema<unknown, LabelGraphDefinition> = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const problems = findDefinitionProblems(dataset.value);
    for (const { path, message } of problems) {
      const items = createPath(dataset.value, path);
      addIssue(items === undefined ? { message } : { message, path: items });
    }
    return problems.length === 0 ? (dataset.value as LabelGraphDefinition) : NEVER;
  }),
);
