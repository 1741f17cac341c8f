import { describe, expect, test } from 'vitest';
import { createComparisons, dispatchCounts } from '../comparisons.js';
import type { ContenderName } from '../measure/launches.js';
import type { Measured } from '../measure/measure.js';
import { flopsOf } from '../work/work.js';
import { createCountRow, createRows } from './rows.js';

const comparison = createComparisons([2]).find(({ work }) => work.kind === 'forward')!;

const measured = (name: ContenderName, rounds: number[][], equal = true): Measured<ContenderName> => ({
  ...{ name, rounds, description: `${name} 1.0`, peakMemory: rounds[0]![0]! * 100 },
  difference: { largest: equal ? 1e-6 : 0.5, equal },
});

const findings = (contenders: Measured<ContenderName>[]) => ({
  ...{ contenders, failures: [], absent: [] },
  peak: { gflops: 100, vectors: 'AVX2' },
});

describe('createRows', () => {
  const peers = [
    measured('onnxruntime-node', [
      [20, 20],
      [24, 24],
    ]),
    measured('PyTorch', [[30], [30]]),
  ];

  test('holds an engine against the fastest of its peers', () => {
    const [row, ...others] = createRows(comparison, findings([...peers, measured('native', [[10], [8]])]));
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      name: 'forward, ViT-B/32, batch 1, native',
      ...{ threads: 2, peer: 'onnxruntime-node', unit: 'ms', ours: 9, theirs: 22, goal: 1 },
      ratio: 22 / 9,
      // Round by round: 20 / 10 and 24 / 8.
      spread: { ours: [8.5, 9.5], theirs: [20, 24], ratio: [2.25, 2.75] },
      memory: { ours: 1000, theirs: 2000 },
      difference: 1e-6,
      others: { PyTorch: 30 },
      versions: { ours: 'native 1.0', theirs: 'onnxruntime-node 1.0' },
    });
    expect(row!.peakShare).toBeCloseTo(flopsOf(comparison.work) / 9e6 / 200, 12);
  });

  test('refuses a ratio without equal answers', () => {
    const [row] = createRows(comparison, findings([...peers, measured('native', [[10], [8]], false)]));
    expect(row).toMatchObject({ ours: 9, theirs: 22, ratio: null, difference: 0.5, spread: { ratio: null } });
  });

  test('has a row without peers, and says why they are absent', () => {
    const alone = {
      ...findings([measured('native', [[10]])]),
      absent: [{ name: 'PyTorch', reason: 'no Python' } as const],
    };
    const [row] = createRows(comparison, alone);
    expect(row).toMatchObject({
      peer: null,
      theirs: null,
      ratio: null,
      difference: null,
      absent: ['PyTorch: no Python'],
    });
  });

  test('has no row for an engine that did not run', () => {
    expect(createRows(comparison, findings(peers))).toEqual([]);
  });
});

test('a count is held against the same engine without fused kernels', () => {
  const row = createCountRow(dispatchCounts[0]!, { device: 'GPU', fused: 40, composed: 120 });
  expect(row).toMatchObject({ unit: 'dispatches', ours: 40, theirs: 120, ratio: 3, goal: 2.5 });
});
