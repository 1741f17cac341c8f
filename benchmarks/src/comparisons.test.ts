import { describe, expect, test } from 'vitest';
import { createComparisons, dispatchCounts, nameCount, nameEntry } from './comparisons.js';
import { baseVit, forwardFlops, smallVit } from './work/vit-shape.js';

describe('createComparisons', () => {
  const comparisons = createComparisons([1, 2]);
  const rows = comparisons.flatMap((comparison) =>
    comparison.entries.map((entry) => ({ name: nameEntry(comparison, entry), threads: comparison.threads, ...entry })),
  );

  test('names every row once', () => {
    const names = [...rows.map(({ name, threads }) => `${name} ${threads}`), ...dispatchCounts.map(nameCount)];
    expect(new Set(names).size).toBe(names.length);
  });

  test.each([
    ['training step, ViT-192/16, batch 16, native', ['PyTorch'], 1],
    ['training step, ViT-192/16, batch 16, tensorflow', ['PyTorch'], 0.8],
    ['forward, ViT-B/32, batch 8, native', ['onnxruntime-node', 'PyTorch'], 1],
    ['forward, ViT-B/32, batch 1, tensorflow', ['PyTorch'], 0.8],
    ['forward, ViT-B/32, batch 1, wasm', ['onnxruntime-web'], undefined],
    ['forward, ViT-B/32, batch 8, wasm in Node 24', ['onnxruntime-web'], 1.5],
    ['forward, ViT-B/32, batch 1, wasm in Chromium', ['onnxruntime-web'], 1.5],
    ['AdamW, ViT-B/32, one tensor, native', ['PyTorch fused', 'PyTorch foreach'], 1],
  ])('holds %s against %o with goal %s, on one thread and on two', (name, against, goal) => {
    const found = rows.filter((row) => row.name === name);
    expect(found.map((row) => [row.threads, row.against, row.goal])).toEqual([
      [1, against, goal],
      [2, against, goal],
    ]);
  });
});

test('the operations of a forward pass are those of its products', () => {
  // Of the published model: 4.4 G multiply-adds an image.
  expect(forwardFlops(baseVit) / 2e9).toBeCloseTo(4.41, 2);
  expect(forwardFlops(smallVit) / 1e9).toBeCloseTo(0.291, 3);
});
