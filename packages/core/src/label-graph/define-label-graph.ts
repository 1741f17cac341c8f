import { LabelGraphError } from '../errors/index.js';
import { formatProblems } from '../options/index.js';
import { buildLabelGraph } from './build-label-graph.js';
import type { PromptTemplate } from './definition.js';
import { findDefinitionProblems } from './find-definition-problems.js';
import type { LabelGraph } from './label-graph.js';

/**
 * Declares a label graph. A misspelt label, an edge to nowhere or a prompt without `{label}` does not compile.
 *
 * The graph has three levels. A global label may be set only if the primary one and at least one of its local labels
 * are; a local label only if at least one of its global labels is.
 *
 * @param definition - prompts and names; the order in which labels are written is the order of all columns.
 *   At most 20 labels; names are unique and not integer-like; every local label belongs to a global one
 * @returns the graph, frozen
 * @throws LabelGraphError with all problems at once
 * @example
 * ```ts
 * const graph = defineLabelGraph({
 *   primary: { prompt: 'A photo of a {label} face', label: 'fake' },
 *   global: { prompt: 'A face whose {label} was altered', labels: { expression: ['mouth'], gaze: ['eye'] } },
 *   local: { prompt: 'A face whose {label} was altered', labels: ['eye', 'mouth'] },
 * });
 * graph.labels; // ['fake', 'expression', 'gaze', 'eye', 'mouth']
 * ```
 * @see "Semantics-Oriented Multitask Learning for DeepFake Detection", arXiv 2408.16305, section on the label graph
 */
export function defineLabelGraph<
  const Primary extends string,
  const Global extends string,
  const Local extends string,
>(definition: {
  readonly primary: { readonly prompt: PromptTemplate; readonly label: Primary };
  readonly global: {
    readonly prompt: PromptTemplate;
    readonly labels: { readonly [Name in Global]: readonly NoInfer<Local>[] };
  };
  readonly local: { readonly prompt: PromptTemplate; readonly labels: readonly Local[] };
}): LabelGraph<Primary | Global | Local, Global, Local> {
  const problems = findDefinitionProblems(definition).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  if (problems.length > 0) throw new LabelGraphError(formatProblems('defineLabelGraph', problems), { problems });
  return buildLabelGraph(definition) as LabelGraph<Primary | Global | Local, Global, Local>;
}
