import { EvaluationError } from '@sofd/core';
import { describeOracle, oracleGroup } from '@sofd-internal/oracle';
import { expect, it } from 'vitest';
import { pickFrames } from '../sampling/pick-frames.js';
import { scoreVideos } from '../sampling/score-videos.js';
import { accuracyAt } from './accuracy.js';
import { computeAuc } from './auc.js';
import { averagePrecision } from './average-precision.js';
import { brierScore } from './brier-score.js';
import { computeReliability, expectedCalibrationError } from './calibration-error.js';
import { equalErrorRate } from './equal-error-rate.js';
import { logLoss } from './log-loss.js';

interface ScoreCase {
  readonly id: number;
  readonly note: string;
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly roc_auc: number | null;
  readonly average_precision: number | null;
  readonly eer: number | null;
  readonly log_loss: number;
  readonly brier: number;
  readonly 'accuracy_ge_0.5': number;
  readonly ece15_positive: number;
  readonly ece15_positive_bins: readonly (readonly [number, number, number, number])[];
  readonly ece15_toplabel: number;
}

interface FramePickCases {
  readonly n_frames: Readonly<Record<string, { readonly selected: readonly (readonly number[])[] }>>;
}

interface VideoCases {
  readonly videos: readonly {
    readonly label: number;
    readonly frame_probs_f32: readonly number[];
    readonly video_score?: number;
  }[];
  readonly video_auc: number;
  readonly frame_auc: number;
}

/** Stated by the group: both sides sum the same float64 terms in different orders, over at most a few hundred rows. */
const tolerance = 1e-9;

describeOracle('metrics', (group) => {
  for (const item of group.json('cases.json') as readonly ScoreCase[]) {
    it(`agrees on score set ${item.id} (${item.note})`, () => {
      const { labels, scores } = item;
      expectEqual(() => computeAuc(labels, scores), item.roc_auc);
      expectEqual(() => averagePrecision(labels, scores), item.average_precision);
      expectEqual(() => equalErrorRate(labels, scores), item.eer);
      expectEqual(() => brierScore(labels, scores), item.brier);
      expectEqual(() => accuracyAt(labels, scores, 0.5), item['accuracy_ge_0.5']);
      expectEqual(() => expectedCalibrationError(labels, scores), item.ece15_positive);
      expectEqual(() => expectedCalibrationError(labels, scores, { kind: 'top-label' }), item.ece15_toplabel);
      expect(Math.abs(logLoss(labels, scores) / item.log_loss - 1)).toBeLessThanOrEqual(tolerance);
      const bins = computeReliability(labels, scores);
      expect(bins.map(({ bin, count }) => [bin, count])).toEqual(
        item.ece15_positive_bins.map(([bin, count]) => [bin, count]),
      );
      bins.forEach(({ confidence, accuracy }, index) => {
        expectEqual(() => confidence, item.ece15_positive_bins[index]![2]);
        expectEqual(() => accuracy, item.ece15_positive_bins[index]![3]);
      });
    });
  }

  it('picks the same frames for every video length', () => {
    const cases = Object.entries((group.json('frame_picks.json') as FramePickCases).n_frames);
    expect(cases.length).toBeGreaterThan(0);
    for (const [pickCount, { selected }] of cases) {
      const picked = selected.map((_, index) => pickFrames(index + 1, Number(pickCount)));
      expect(picked).toEqual(selected);
    }
  });

  it('agrees on video and frame AUC', () => {
    const { videos, video_auc, frame_auc } = group.json('video.json') as VideoCases;
    const scored = scoreVideos(
      videos.map(({ label, frame_probs_f32 }, index) => ({ id: String(index), label, probabilities: frame_probs_f32 })),
    );
    const videoLabels = scored.map(({ label }) => label);
    expectEqual(
      () =>
        computeAuc(
          videoLabels,
          scored.map(({ score }) => score),
        ),
      video_auc,
    );
    const frameLabels = videos.flatMap(({ label, frame_probs_f32 }) => frame_probs_f32.map(() => label));
    expectEqual(
      () =>
        computeAuc(
          frameLabels,
          videos.flatMap(({ frame_probs_f32 }) => frame_probs_f32),
        ),
      frame_auc,
    );
  });
});

it('finds the metrics group, at least as committed fixtures', () => {
  expect(oracleGroup('metrics')).not.toBeNull();
});

function expectEqual(compute: () => number, expected: number | null): void {
  if (expected === null) expect(compute).toThrow(EvaluationError);
  else expect(Math.abs(compute() - expected)).toBeLessThanOrEqual(tolerance);
}
