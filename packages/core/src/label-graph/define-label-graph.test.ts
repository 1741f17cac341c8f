import { describe, expect, it } from 'vitest';
import {
  defineLabelGraph,
  faceForensics,
  ffsc,
  type LabelGraphDefinition,
  LabelGraphError,
  parseLabelGraph,
} from '../index.js';

const prompt = 'The {label} was altered';
const small: LabelGraphDefinition = {
  primary: { prompt: 'A {label} face', label: 'fake' },
  global: { prompt, labels: { expression: ['mouth'], identity: ['mouth', 'eye'] } },
  local: { prompt, labels: ['eye', 'mouth'] },
};

/** The problems of a definition that types would not let pass. */
const problemsOf = (definition: unknown): readonly string[] => {
  try {
    defineLabelGraph(definition as typeof small);
  } catch (error) {
    if (LabelGraphError.isInstance(error)) return error.problems;
    throw error;
  }
  return [];
};
const withLocals = (labels: unknown, globals: unknown = { identity: labels }) => ({
  ...small,
  global: { prompt, labels: globals },
  local: { prompt, labels },
});

describe('defineLabelGraph', () => {
  it('derives labels, prompts, edges and levels from the definition', () => {
    const graph = defineLabelGraph(small);
    expect(graph.labels).toEqual(['fake', 'expression', 'identity', 'eye', 'mouth']);
    expect(graph.prompts).toEqual([
      'A fake face',
      'The expression was altered',
      'The identity was altered',
      'The eye was altered',
      'The mouth was altered',
    ]);
    expect(graph.edges).toEqual([
      ['fake', 'expression'],
      ['fake', 'identity'],
      ['expression', 'mouth'],
      ['identity', 'eye'],
      ['identity', 'mouth'],
    ]);
    expect(graph.levels).toEqual({
      primary: { name: 'primary', start: 0, end: 1, labels: ['fake'] },
      global: { name: 'global', start: 1, end: 3, labels: ['expression', 'identity'] },
      local: { name: 'local', start: 3, end: 5, labels: ['eye', 'mouth'] },
    });
  });

  it('is frozen and does not change with its definition', () => {
    const definition = structuredClone(small) as { global: { labels: Record<string, string[]> } } & typeof small;
    const graph = defineLabelGraph(definition);
    definition.global.labels.expression!.push('eye');
    expect(graph.definition).toEqual(small);
    expect(() => (graph.labels as string[]).push('x')).toThrow(TypeError);
    expect(() => (graph.definition.global.labels.identity as string[]).push('x')).toThrow(TypeError);
  });

  it('replaces every {label} of a prompt, whatever characters the label has', () => {
    const graph = defineLabelGraph({
      primary: { prompt: '{label} and {label}', label: '$&' },
      global: { prompt, labels: { identity: ['eye'] } },
      local: { prompt, labels: ['eye'] },
    });
    expect(graph.prompts[0]).toBe('$& and $&');
  });

  it('reports all problems in one error', () => {
    const problems = problemsOf({
      primary: { prompt: 'A fake face', label: 'fake' },
      global: { prompt, labels: { expression: ['moth'], fake: ['eye'] } },
      local: { prompt, labels: ['eye', 'mouth', '7'] },
    });
    expect(problems).toEqual([
      'primary.prompt: expected a sentence that contains {label}, got "A fake face"',
      'local.labels.2: expected a word, got the integer-like label "7"',
      'global.labels.expression.0: expected one of local.labels, got "moth"',
      'local.labels.1: "mouth" can never be altered: list it under a label of global.labels',
      'local.labels.2: "7" can never be altered: list it under a label of global.labels',
      'global.labels.fake: "fake" is already the label at primary.label: names are unique across levels',
    ]);
  });

  it.each([
    ['an integer-like global label', withLocals(['eye'], { 1: ['eye'] }), 'global.labels.1'],
    ['an integer-like local label', withLocals(['0']), 'local.labels.0'],
    ['a label used on two levels', withLocals(['eye', 'fake']), 'local.labels.1: "fake" is already'],
    ['a label twice on one level', withLocals(['eye', 'eye'], { identity: ['eye'] }), 'local.labels.1: expected each'],
    ['an edge twice', withLocals(['eye'], { identity: ['eye', 'eye'] }), 'global.labels.identity.1: expected each'],
    [
      'a region without an edge',
      withLocals(['eye', 'nose'], { identity: ['eye'] }),
      'local.labels.1: "nose" can never',
    ],
    ['a global label without a region', withLocals(['eye'], { identity: ['eye'], age: [] }), 'global.labels.age'],
    ['no global label', withLocals(['eye'], {}), 'global.labels: expected at least one'],
    ['no local label', withLocals([], { identity: [] }), 'local.labels: expected at least one'],
    ['an empty label', withLocals(['']), 'local.labels.0'],
    ['space around a label', withLocals([' eye']), 'local.labels.0'],
    ['a label that is no string', withLocals([3]), 'local.labels.0: expected a label, got 3'],
    ['regions that are no list', withLocals(['eye'], { identity: 'eye' }), 'global.labels.identity: expected a list'],
    ['a list for the global labels', withLocals(['eye'], ['eye']), 'global.labels: expected an object'],
    ['an unknown key', { ...small, regional: {} }, 'regional: unknown key'],
    ['an unknown key within a level', { ...small, local: { ...small.local, name: 'x' } }, 'local.name: unknown key'],
    ['a missing level', { primary: small.primary, global: small.global }, 'local: missing'],
    ['a missing prompt', { ...small, primary: { label: 'fake' } }, 'primary.prompt: missing'],
    ['null', null, 'expected an object with primary and global and local, got null'],
  ])('rejects %s', (_, definition, problem) => {
    expect(problemsOf(definition).some((text) => text.startsWith(problem))).toBe(true);
  });

  it('rejects more labels than can be enumerated, with advice', () => {
    const labels = (count: number) => Array.from({ length: count }, (_, index) => `region ${index}`);
    expect(problemsOf(withLocals(labels(18)))).toEqual([]);
    expect(problemsOf(withLocals(labels(19)))).toEqual([
      expect.stringMatching(/at most 20 labels, got 21.*merge regions/),
    ]);
  });
});

describe('parseLabelGraph', () => {
  it.each([faceForensics, ffsc])('gives back the graph that was stored', (graph) => {
    expect(parseLabelGraph(JSON.parse(JSON.stringify(graph.definition)))).toEqual(graph);
  });

  it('reports all problems with where they were read', () => {
    const definition = { ...small, primary: { prompt: 'A face', label: '12' }, extra: 1 };
    expect(() => parseLabelGraph(definition, 'dataset.json')).toThrow(
      expect.objectContaining({
        message: [
          'dataset.json: 3 problems:',
          '- extra: unknown key; expected primary and global and local',
          '- primary.prompt: expected a sentence that contains {label}, got "A face"',
          '- primary.label: expected a word, got the integer-like label "12"',
        ].join('\n'),
      }),
    );
  });
});
