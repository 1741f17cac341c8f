import type { LabelGraphDefinition } from './definition.js';

/** One level of a label graph: a run of neighbouring columns. */
export interface Level<Label extends string = string> {
  readonly name: 'primary' | 'global' | 'local';
  /** The first column. */
  readonly start: number;
  /** The column after the last one. */
  readonly end: number;
  /** `end - start` names. */
  readonly labels: readonly Label[];
}

/**
 * The labels that a model predicts and how they depend on each other.
 *
 * Everything else is derived from it: the order of logits, targets and report columns, the prompts, the legal states.
 *
 * @typeParam Label - the names of all labels
 * @typeParam Global - the names of the global labels
 * @typeParam Local - the names of the local labels
 */
export interface LabelGraph<Label extends string = string, Global extends Label = Label, Local extends Label = Label> {
  /** All labels: primary, globals, locals. The order of logits, targets and marginals. */
  readonly labels: readonly Label[];
  /** One sentence a label, same order. */
  readonly prompts: readonly string[];
  /** Parent and child: primary to global, global to local. */
  readonly edges: readonly (readonly [Label, Label])[];
  /** Which columns belong to which level. */
  readonly levels: {
    readonly primary: Level<Label>;
    readonly global: Level<Global>;
    readonly local: Level<Local>;
  };
  /** What the graph was made from; JSON. */
  readonly definition: LabelGraphDefinition;
}

/** Any of the names in a graph. */
export type LabelOf<Graph extends LabelGraph> = Graph['labels'][number];
/** The names of a graph's global labels. */
export type GlobalLabelOf<Graph extends LabelGraph> = Graph['levels']['global']['labels'][number];
/** The names of a graph's local labels. */
export type LocalLabelOf<Graph extends LabelGraph> = Graph['levels']['local']['labels'][number];
