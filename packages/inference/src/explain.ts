import { computeLegalStates, computeStateProbabilities, type LabelGraph, type Verdict } from '@sofd/core';
import type { FaceQuality, QualityReason } from '@sofd/face';
import type { Explanation } from './detection-result.js';
import type { Thresholds } from './judge.js';

/** What an explanation is made from. */
export interface Evidence {
  /** [labels], one face. */
  readonly logits: ArrayLike<number>;
  /** [labels], calibrated. */
  readonly marginals: Float64Array;
  readonly verdict: Verdict;
  readonly thresholds: Thresholds;
  /** The quality for which the face was not judged; null where it was. */
  readonly poorQuality: FaceQuality | null;
}

/**
 * The labels of the most likely legal state among those that agree with the verdict and with the thresholds: `real` leaves
 * only the state without labels; `fake` only others, of labels that reach their thresholds, down to "fake and nothing
 * else". (The state "real" can be the likeliest single one of a face that is fake all the same, as p(fake) sums over many.)
 */
function findState(graph: LabelGraph, { logits, marginals, verdict, thresholds }: Evidence): string[] {
  if (verdict === 'real') return [];
  const { states, count, size } = computeLegalStates(graph);
  const probabilities = computeStateProbabilities(graph, Float64Array.from(logits));
  const primary = graph.levels.primary.start;
  const reaches = graph.labels.map(
    (label, index) => index === primary || marginals[index]! >= (thresholds.labels[label] ?? 0),
  );
  const agrees = (state: number) => reaches.every((reached, label) => reached || states[state * size + label] === 0);
  // States ascend in binary, so state 0 is `real`, and the next one is the primary label alone.
  let best = verdict === 'fake' ? 1 : 0;
  for (let state = best + 1; state < count; state++)
    if (agrees(state) && probabilities[state]! > probabilities[best]!) best = state;
  return graph.labels.filter((_, label) => states[best * size + label] === 1);
}

/** A probability as people read it; never 0 % or 100 %. */
function formatPercent(probability: number): string {
  const percent = Math.round(probability * 100);
  if (percent < 1) return 'below 1 %';
  return percent > 99 ? 'above 99 %' : `${percent} %`;
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const qualityWords: Record<QualityReason, (quality: FaceQuality) => string> = {
  small: ({ size }) => `is small (${Math.round(size)} pixels between the eyes)`,
  blurred: () => 'is blurred',
  profile: () => 'is turned to the side',
  tilted: () => 'is turned up or down',
  occluded: () => 'is partly covered',
  border: () => 'reaches over the border of the photo',
};

const describeQuality = (quality: FaceQuality): string => {
  const words = quality.reasons.map((reason) => qualityWords[reason](quality));
  return `the face ${words.length > 0 ? joinWords(words) : 'is hard to see'}`;
};

/** More regions than this tell a reader nothing about where to look. */
const namedRegions = 3;

function summarise(
  { verdict, marginals, thresholds, poorQuality }: Evidence,
  globals: readonly string[],
  regions: readonly string[],
): string {
  const probability = formatPercent(marginals[0] as number);
  if (verdict === 'real') return `No alteration found; probability of a fake: ${probability}.`;
  if (verdict === 'fake') {
    const what = globals.length > 0 ? `${joinWords(globals)} altered` : 'altered';
    const where =
      regions.length > 0 ? `strongest in ${joinWords(regions.slice(0, namedRegions))}` : 'the model cannot say where';
    return `Fake (${probability}): ${what}, ${where}.`;
  }
  if (poorQuality) return `Not judged: ${describeQuality(poorQuality)}.`;
  const [low, high] = thresholds.uncertain ?? [0, 1];
  return `Not certain: ${probability} lies between ${formatPercent(low)} and ${formatPercent(high)}, where this model does not decide.`;
}

/**
 * Says what was altered and where. It never contradicts the verdict: a face judged real has an empty state.
 *
 * @see findMostLikelyState of `@sofd/core`, which knows no verdict.
 */
export function explain(graph: LabelGraph, evidence: Evidence): Explanation {
  const state = findState(graph, evidence);
  const strength = new Map(graph.labels.map((label, index) => [label as string, evidence.marginals[index] as number]));
  const inOrder = (labels: readonly string[]) =>
    labels
      .filter((label) => state.includes(label))
      .sort((a, b) => (strength.get(b) as number) - (strength.get(a) as number));
  const globals = inOrder(graph.levels.global.labels);
  const regions = inOrder(graph.levels.local.labels);
  return { state, globals, regions, summary: summarise(evidence, globals, regions) };
}
