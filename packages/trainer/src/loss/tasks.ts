import type { LabelGraph } from '@sofd/core';

/** The tasks that are weighted against each other, one a level of the label graph, in the order of every loss vector. */
export const taskNames = ['primary', 'global', 'local'] as const;

/** The name of a task. */
export type TaskName = (typeof taskNames)[number];

/** One number a task. */
export type PerTask = Readonly<Record<TaskName, number>>;

/** Numbers in the order of {@link taskNames}, by name. */
export const byTask = (values: ArrayLike<number>): PerTask => ({
  primary: values[0]!,
  global: values[1]!,
  local: values[2]!,
});

/** For each task the columns of its labels. */
export const taskColumns = (graph: LabelGraph) => taskNames.map((name) => graph.levels[name]);
