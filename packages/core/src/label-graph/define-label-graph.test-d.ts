import {
  defineLabelGraph,
  encodeTargets,
  faceForensics,
  ffsc,
  findMostLikelyState,
  type LabelGraph,
} from '../index.js';

// Compiled by tsconfig.check.json, never run: each @ts-expect-error below is an error that has to occur.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const assertTrue = <T extends true>(): T | undefined => undefined;

const prompt = 'A face whose {label} was altered';
const regions = ['eye', 'mouth'] as const;

const graph = defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  global: { prompt, labels: { expression: ['mouth'], identity: regions } },
  local: { prompt, labels: regions },
});

// Names are inferred as literals, from inline lists and from `as const` ones.
assertTrue<Equal<(typeof graph)['labels'][number], 'fake' | 'expression' | 'identity' | 'eye' | 'mouth'>>();
assertTrue<Equal<(typeof graph)['levels']['global']['labels'][number], 'expression' | 'identity'>>();
assertTrue<Equal<(typeof graph)['levels']['local']['labels'][number], 'eye' | 'mouth'>>();
assertTrue<
  Equal<
    (typeof faceForensics)['levels']['global']['labels'][number],
    'expression' | 'identity' | 'physical inconsistency'
  >
>();

// A typed graph is accepted where any graph is.
export const anyGraphs: readonly LabelGraph[] = [graph, faceForensics, ffsc];

export const misspeltLocal = defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  // @ts-expect-error "moth" is no local label
  global: { prompt, labels: { expression: ['moth'], identity: ['eye', 'mouth'] } },
  local: { prompt, labels: ['eye', 'mouth'] },
});

export const edgeToNowhere = defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  // @ts-expect-error "hair" is no local label
  global: { prompt, labels: { identity: ['eye', 'mouth', 'hair'] } },
  local: { prompt, labels: regions },
});

export const edgeToGlobal = defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  // @ts-expect-error a global label is no child of a global one
  global: { prompt, labels: { expression: ['mouth'], identity: ['eye', 'expression'] } },
  local: { prompt, labels: regions },
});

export const primaryPromptWithoutLabel = defineLabelGraph({
  // @ts-expect-error the prompt has no {label}
  primary: { prompt: 'A photo of a fake face', label: 'fake' },
  global: { prompt, labels: { identity: ['eye', 'mouth'] } },
  local: { prompt, labels: regions },
});

export const globalPromptWithoutLabel = defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  // @ts-expect-error {lable} is not {label}
  global: { prompt: 'A face whose {lable} was altered', labels: { identity: ['eye', 'mouth'] } },
  local: { prompt, labels: regions },
});

export const localPromptWithoutLabel = defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  global: { prompt, labels: { identity: ['eye', 'mouth'] } },
  // @ts-expect-error the prompt has no {label}
  local: { prompt: 'A face', labels: regions },
});

export const unknownKey = defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  global: { prompt, labels: { identity: ['eye', 'mouth'] } },
  local: { prompt, labels: regions },
  // @ts-expect-error there are three levels
  regional: {},
});

encodeTargets(graph, { global: ['identity'], local: ['eye'] });
encodeTargets(graph, null);
// @ts-expect-error misspelt
encodeTargets(graph, { global: ['identitty'], local: ['eye'] });
// @ts-expect-error a global label is not a local one
encodeTargets(graph, { global: ['identity'], local: ['identity'] });
// @ts-expect-error a label of another graph
encodeTargets(faceForensics, { global: ['pose'], local: ['eye'] });

const likely = findMostLikelyState(graph, [0, 0, 0, 0, 0]);
assertTrue<Equal<(typeof likely)['labels'][number], 'fake' | 'expression' | 'identity' | 'eye' | 'mouth'>>();
// @ts-expect-error a graph is read-only
graph.labels.push('eye');
