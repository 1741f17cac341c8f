import { type CheckpointManifest, InvalidOptionError, type LabelGraph, type Verdict } from '@sofd/core';
import type { DetectedLabel } from './detection-result.js';
import type { DetectorThresholds } from './detector-options.js';

/** Thresholds with one value for every label of the graph. */
export interface Thresholds {
  readonly fake: number;
  readonly uncertain: readonly [number, number] | null;
  readonly labels: Readonly<Record<string, number>>;
}

/**
 * Joins what the caller wants and what the checkpoint says; a label that neither names is compared with 0.5.
 *
 * @throws InvalidOptionError where the caller names a label that the graph does not have.
 */
export function resolveThresholds(
  graph: LabelGraph,
  manifest: Pick<CheckpointManifest, 'thresholds'>,
  wanted: DetectorThresholds | null,
): Thresholds {
  const known = new Set<string>(graph.labels);
  const unknown = Object.keys(wanted?.labels ?? {}).filter((label) => !known.has(label));
  if (unknown.length > 0)
    throw new InvalidOptionError(
      `createDetector.threshold.labels: expected labels of the model (${graph.labels.join(', ')}), got ${unknown.join(', ')}; correct the names.`,
    );
  const { fake, uncertain } = wanted ?? manifest.thresholds;
  const labels = graph.labels.map((label) => [
    label,
    wanted?.labels?.[label] ?? manifest.thresholds.labels[label] ?? 0.5,
  ]);
  return {
    fake,
    uncertain: uncertain ? [uncertain[0], uncertain[1]] : null,
    labels: { ...Object.fromEntries(labels), [graph.levels.primary.labels[0] as string]: fake },
  };
}

/** Every label with its threshold; labels count as altered in a face judged fake only. */
export function judgeLabels(
  graph: LabelGraph,
  marginals: Float64Array,
  { thresholds, verdict }: { readonly thresholds: Thresholds; readonly verdict: Verdict },
): Record<string, DetectedLabel> {
  const entries = graph.labels.map((label, index): [string, DetectedLabel] => {
    const probability = marginals[index] as number;
    const threshold = thresholds.labels[label] as number;
    const altered = verdict === 'fake' && (index === 0 || probability >= threshold);
    return [label, { probability, threshold, altered }];
  });
  return Object.fromEntries(entries);
}

/** The verdict of a photo: that of its worst face. */
export function judgePhoto(verdicts: readonly Verdict[]): Verdict | 'no-face' {
  if (verdicts.length === 0) return 'no-face';
  if (verdicts.includes('fake')) return 'fake';
  return verdicts.includes('uncertain') ? 'uncertain' : 'real';
}
