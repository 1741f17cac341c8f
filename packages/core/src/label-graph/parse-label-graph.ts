import { LabelGraphError } from '../errors/index.js';
import { parseWith } from '../options/index.js';
import { buildLabelGraph } from './build-label-graph.js';
import type { LabelGraph } from './label-graph.js';
import { labelGraphDefinitionSchema } from './label-graph-definition-schema.js';

/**
 * Makes a label graph from JSON, as a checkpoint or a data set holds it.
 *
 * @param json - a parsed {@link LabelGraphDefinition}
 * @param where - what it was read from, for the message
 * @returns the graph, frozen; equal definitions give equal graphs
 * @throws LabelGraphError with all problems and their paths
 * @example
 * ```ts
 * parseLabelGraph(JSON.parse(JSON.stringify(faceForensics.definition))).labels.length; // 10
 * ```
 */
export function parseLabelGraph(json: unknown, where = 'parseLabelGraph'): LabelGraph {
  return buildLabelGraph(parseWith(labelGraphDefinitionSchema, json, where, LabelGraphError));
}
