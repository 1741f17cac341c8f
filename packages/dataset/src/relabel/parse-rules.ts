import { type Annotations, DatasetError, parseWith } from '@sofd/core';
import * as v from 'valibot';
import { type EvidenceTable, evidenceTableSchema } from './measured/evidence.js';
import type { AnnotationChoice } from './relabel.js';

/** What a rules file says: how manipulations are labelled, and which measured quantities speak for which label. */
export interface LabelRules {
  readonly annotation: Exclude<AnnotationChoice, string>;
  readonly evidence?: EvidenceTable;
}

const labels = v.array(v.string());

const schema = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  table: v.record(v.string(), v.nullable(v.strictObject({ global: labels, local: labels }))),
  evidence: v.optional(evidenceTableSchema),
});

/**
 * Reads the rules by which images are labelled for a graph of one's own.
 *
 * @param json `{ name, table, evidence }`: `table` gives the global and local labels of every manipulation, `null` for what is real;
 *   `evidence`, which may be left out, the measured quantities of every label
 * @param where what is read, for messages
 * @returns an annotation for `relabel` and `expandFolder`, and the evidence
 * @throws DatasetError naming every problem
 *
 * @example
 * ```ts
 * const { annotation } = parseRules(
 *   { name: 'makeup', table: { real: null, 'expansion:mouth': { global: ['makeup'], local: ['lips'] } } },
 *   'rules.json',
 * );
 * annotation.name; // 'makeup'
 * ```
 */
export function parseRules(json: unknown, where: string): LabelRules {
  const { name, table, evidence } = parseWith(schema, json, where, DatasetError);
  const annotation = { name, table: table as Annotations };
  return evidence === undefined ? { annotation } : { annotation, evidence };
}
