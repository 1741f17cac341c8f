import type { LabelGraph } from '@sofd/core';
import { CommandError } from './command-error.js';

/**
 * Refuses a model and a data set that speak of different labels.
 *
 * @throws {CommandError} naming both lists of labels
 */
export function assertSameGraph(model: LabelGraph, data: LabelGraph, command: string): void {
  if (JSON.stringify(model.definition) === JSON.stringify(data.definition)) return;
  throw new CommandError(
    `${command}: expected a data set labelled by the model's graph (${model.labels.join(', ')}), got ${data.labels.join(', ')}; expand the photographs again with that graph or take another model.`,
  );
}
