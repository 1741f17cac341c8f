import type { LabelGraphDefinition } from './definition.js';
import type { LabelGraph, Level } from './label-graph.js';

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freezeDeep(item);
  }
  return value;
}

const createLevel = (name: Level['name'], start: number, labels: readonly string[]): Level => ({
  name,
  start,
  end: start + labels.length,
  labels,
});

/** A copy, so that the graph does not change with what the caller does to the definition, and without getters. */
const copyDefinition = ({ primary, global, local }: LabelGraphDefinition): LabelGraphDefinition => ({
  primary: { prompt: primary.prompt, label: primary.label },
  global: {
    prompt: global.prompt,
    labels: Object.fromEntries(Object.entries(global.labels).map(([name, children]) => [name, [...children]])),
  },
  local: { prompt: local.prompt, labels: [...local.labels] },
});

/** Derives a graph from a definition that was found right. */
export function buildLabelGraph(source: LabelGraphDefinition): LabelGraph {
  const definition = copyDefinition(source);
  const { primary, global, local } = definition;
  const globals = Object.keys(global.labels);
  const levels = {
    primary: createLevel('primary', 0, [primary.label]),
    global: createLevel('global', 1, globals),
    local: createLevel('local', 1 + globals.length, local.labels),
  };
  // A replacement function, since `$` in a label would be a pattern in a replacement string.
  const prompts = [levels.primary, levels.global, levels.local].flatMap((level) =>
    level.labels.map((label) => definition[level.name].prompt.replaceAll('{label}', () => label)),
  );
  return freezeDeep({
    labels: [primary.label, ...globals, ...local.labels],
    prompts,
    edges: [
      ...globals.map((name) => [primary.label, name] as const),
      // Children in the order of the local level, however the definition lists them.
      ...globals.flatMap((name) =>
        local.labels.filter((label) => global.labels[name]!.includes(label)).map((label) => [name, label] as const),
      ),
    ],
    levels,
    definition,
  });
}
