import { type Annotations, DatasetError, encodeTargets, faceForensicsAnnotations, type LabelGraph } from '@sofd/core';

/** A published annotation by name, or a rule table of one's own. */
export type AnnotationChoice =
  | keyof typeof faceForensicsAnnotations
  | { readonly name: string; readonly table: Annotations };

/** The labels of one image. */
export interface RelabelledImage {
  readonly label: 'real' | 'fake';
  /** Label vector of the graph, 0 or 1, `[labels]`. */
  readonly targets: readonly number[];
  /** Names of the labels that are 1, in graph order. */
  readonly altered: readonly string[];
}

/** Looks a choice up: the name that is stored in the data set, and its rules. */
export function resolveAnnotation(choice: AnnotationChoice): { name: string; table: Annotations } {
  if (typeof choice === 'object') return choice;
  const table = (faceForensicsAnnotations as Readonly<Record<string, Annotations>>)[choice];
  if (table !== undefined) return { name: choice, table };
  const known = Object.keys(faceForensicsAnnotations).join(', ');
  throw new DatasetError(
    `relabel: expected an annotation out of ${known}, got ${String(choice)}; choose one of them, or pass a table`,
  );
}

/**
 * Labels an image by its manipulation.
 *
 * @param graph the label graph that the targets are for
 * @param manipulation key of the rules: `real`, `expansion:eyes`, `Deepfakes`, ...
 * @param annotation which rules; `training` is the published training's, `graph` the stricter reading
 * @returns the label vector and its names
 * @throws DatasetError where the rules do not know the manipulation
 * @throws IllegalLabelError where the graph does not allow what the rules say
 *
 * @example
 * ```ts
 * relabel(faceForensics, 'expansion:eyes').targets; // [1, 0, 0, 1, 1, 0, 0, 0, 0, 0]
 * ```
 *
 * @see method.md section 4
 */
export function relabel(
  graph: LabelGraph,
  manipulation: string,
  annotation: AnnotationChoice = 'training',
): RelabelledImage {
  const { name, table } = resolveAnnotation(annotation);
  const attributes = table[manipulation];
  if (attributes === undefined) {
    throw new DatasetError(
      `relabel: expected a manipulation out of ${Object.keys(table).join(', ')} (annotation ${name}), got ${manipulation}; ` +
        'add a rule for it to the annotation table',
    );
  }
  return describeTargets(graph, encodeTargets(graph, attributes));
}

/** Names what a label vector says. */
export function describeTargets(graph: LabelGraph, vector: ArrayLike<number>): RelabelledImage {
  const targets = Array.from(vector);
  return {
    label: targets[graph.levels.primary.start] === 1 ? 'fake' : 'real',
    targets,
    altered: graph.labels.filter((_, i) => targets[i] === 1),
  };
}
