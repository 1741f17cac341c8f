import type { LabelGraph, MeasuredChange, MeasuredLabels } from '@sofd/core';
import type { ChangeThresholds } from './calibrate-change.js';
import { defaultEvidence, type EvidenceTable } from './evidence.js';

/**
 * Says which labels of a graph a measurement supports. It stands beside the nominal label and never replaces it.
 *
 * A label is supported where the magnitude of any quantity of its evidence exceeds its threshold; undecided where none does, and
 * one of them was not measured or has no threshold.
 *
 * @param change of {@link measureChange}
 * @param calibration of {@link calibrateChange}
 * @param options the label graph, and its evidence; that for the published graphs by default
 *
 * @example
 * ```ts
 * const unchanged = Object.fromEntries(measuredQuantities.map((name) => [name, 0])) as unknown as MeasuredChange;
 * const thresholds = { ...calibrateChange([]).thresholds, lipDifference: 2 };
 * decideChange({ ...unchanged, lipDifference: 5 }, { thresholds }, { graph: faceForensics }).supported; // ['lip']
 * ```
 */
export function decideChange(
  change: MeasuredChange,
  { thresholds }: Pick<ChangeThresholds, 'thresholds'>,
  { graph, evidence = defaultEvidence }: { readonly graph: LabelGraph; readonly evidence?: EvidenceTable },
): MeasuredLabels {
  const judge = (label: string): 'supported' | 'undecided' | 'unsupported' => {
    const quantities = evidence[label];
    if (quantities === undefined) return 'unsupported';
    let isUndecided = false;
    for (const quantity of quantities) {
      const [value, threshold] = [change[quantity], thresholds[quantity]];
      if (value === null || threshold === null) isUndecided = true;
      else if (Math.abs(value) > threshold) return 'supported';
    }
    return isUndecided ? 'undecided' : 'unsupported';
  };
  const verdicts = graph.labels.map((label) => [label, judge(label)] as const);
  const labelsOf = (verdict: ReturnType<typeof judge>) =>
    verdicts.filter(([, one]) => one === verdict).map(([label]) => label);
  return { change, supported: labelsOf('supported'), undecided: labelsOf('undecided') };
}
