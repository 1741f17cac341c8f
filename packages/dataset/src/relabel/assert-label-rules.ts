import { encodeTargets, InvalidOptionError, type LabelGraph } from '@sofd/core';
import type { EvidenceTable } from './measured/evidence.js';
import { type AnnotationChoice, resolveAnnotation } from './relabel.js';

/** By what images are labelled. */
export interface LabelChoice {
  readonly labelGraph: LabelGraph;
  readonly annotation: AnnotationChoice;
  readonly evidence?: EvidenceTable;
}

/**
 * Refuses rules that a graph does not allow, and evidence for what it does not name, before any work is done.
 *
 * @param where name of the function, for messages
 * @throws IllegalLabelError where a rule breaks the graph
 * @throws InvalidOptionError where the evidence is for a label that the graph has not
 */
export function assertLabelRules({ labelGraph, annotation, evidence }: LabelChoice, where: string): void {
  const { table } = resolveAnnotation(annotation);
  for (const attributes of Object.values(table)) encodeTargets(labelGraph, attributes);
  const unknown = Object.keys(evidence ?? {}).find((label) => !labelGraph.labels.includes(label));
  if (unknown === undefined) return;
  throw new InvalidOptionError(
    `${where}: expected evidence for labels out of ${labelGraph.labels.join(', ')}, got ${unknown}; ` +
      'correct its name, or leave it out',
  );
}
