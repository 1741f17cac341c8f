import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryDefinition } from '../../test/arbitrary-definition.js';
import { computeLegalStates, faceForensics, ffsc, type LabelGraphDefinition, parseLabelGraph } from '../index.js';

/** The rule as it is told, on names and sets: nothing of the implementation's bits and edges. */
function isLegalByDefinition({ primary, global }: LabelGraphDefinition, set: ReadonlySet<string>): boolean {
  const globals = Object.keys(global.labels);
  return [...set].every((label) => {
    if (label === primary.label) return true;
    if (globals.includes(label))
      return set.has(primary.label) && global.labels[label]!.some((region) => set.has(region));
    return globals.some((name) => set.has(name) && global.labels[name]!.includes(label));
  });
}

function enumerateByDefinition(definition: LabelGraphDefinition): string[] {
  const { primary, global, local } = definition;
  const labels = [primary.label, ...Object.keys(global.labels), ...local.labels];
  return Array.from({ length: 2 ** labels.length }, (_, code) => code.toString(2).padStart(labels.length, '0')).filter(
    (bits) => isLegalByDefinition(definition, new Set(labels.filter((_, index) => bits[index] === '1'))),
  );
}

const rowsOf = ({ count, size, states }: ReturnType<typeof computeLegalStates>): string[] =>
  Array.from({ length: count }, (_, row) => states.subarray(row * size, (row + 1) * size).join(''));

describe('computeLegalStates', () => {
  it.each([
    ['faceForensics', faceForensics, 10, 251],
    ['ffsc', ffsc, 12, 1544],
  ] as const)('finds the published number of states of %s', (_, graph, size, count) => {
    expect(graph.labels).toHaveLength(size);
    expect(computeLegalStates(graph)).toMatchObject({ size, count });
  });

  it('would not find it for ffsc if pose did not alter the lip, as the published edge list has it', () => {
    const definition = structuredClone(ffsc.definition) as LabelGraphDefinition;
    const labels = { ...definition.global.labels, pose: ['eye', 'eyebrow', 'mouth', 'nose', 'skin'] };
    const graph = parseLabelGraph({ ...definition, global: { ...definition.global, labels } });
    expect(computeLegalStates(graph).count).toBe(1481);
  });

  it('starts with real and with fake alone', () => {
    expect(rowsOf(computeLegalStates(faceForensics)).slice(0, 2)).toEqual(['0000000000', '1000000000']);
  });

  it('is computed once a graph', () => {
    expect(computeLegalStates(ffsc)).toBe(computeLegalStates(ffsc));
  });

  it('agrees with the rule by brute force, in ascending order, for any graph', () => {
    fc.assert(
      fc.property(arbitraryDefinition, (definition) => {
        expect(rowsOf(computeLegalStates(parseLabelGraph(definition)))).toEqual(enumerateByDefinition(definition));
      }),
      { numRuns: 60 },
    );
  });
});
