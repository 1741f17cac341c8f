import { computeCalibratedMarginals, decideVerdict } from '@sofd/core';
import type { Checkpoint } from '@sofd/model';
import type { DetectedFace } from './detection-result.js';
import { explain } from './explain.js';
import type { FaceInput } from './face-inputs.js';
import { judgeLabels, type Thresholds } from './judge.js';

/** A face and the model's answer for it. */
export interface AnsweredFace {
  readonly id: string;
  readonly input: FaceInput;
  /** [labels] */
  readonly logits: Float32Array;
}

/** By what a face is judged. */
export interface Rules {
  readonly checkpoint: Pick<Checkpoint, 'graph' | 'manifest'>;
  readonly thresholds: Thresholds;
  readonly minQuality: number;
}

/** Turns logits into a verdict, labels and an explanation that agree with each other. */
export function judgeFace({ id, input, logits }: AnsweredFace, rules: Rules): DetectedFace {
  const { checkpoint, thresholds, minQuality } = rules;
  const { graph, manifest } = checkpoint;
  const { box, landmarks, quality, crop } = input;
  const marginals = computeCalibratedMarginals(graph, logits, manifest.calibration);
  const probability = marginals[0] as number;
  const poorQuality = quality !== null && quality.score < minQuality ? quality : null;
  const verdict = poorQuality ? 'uncertain' : decideVerdict(probability, thresholds);
  return {
    id,
    box,
    landmarks,
    quality,
    probability,
    verdict,
    labels: judgeLabels(graph, marginals, { thresholds, verdict }),
    explanation: explain(graph, { logits, marginals, verdict, thresholds, poorQuality }),
    crop,
  };
}
