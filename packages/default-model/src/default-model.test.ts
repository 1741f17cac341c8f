import { readFileSync } from 'node:fs';
import { wasm } from '@sofd/backend-wasm';
import { createPredictor, loadCheckpoint } from '@sofd/model';
import { useBackend } from '@sofd/tensor';
import { describe, expect, it } from 'vitest';
import { defaultModel } from './index.js';

interface Evaluation {
  readonly sentence: string;
  readonly perLabel: Readonly<
    Record<string, { readonly auc: number | null; readonly interval: readonly [number, number] }>
  >;
}

describe('the checkpoint that ships', () => {
  it('loads, and gives its known answer', async () => {
    const engine = await useBackend(wasm());
    const checkpoint = await loadCheckpoint(defaultModel);
    const predictor = createPredictor(checkpoint);
    const { maxDifference } = await predictor.checkKnownAnswer();
    predictor.dispose();
    await engine.dispose();
    expect(maxDifference).toBeLessThanOrEqual(checkpoint.manifest.knownAnswer.tolerance);
  });

  it('states its licence, its data and its score on unseen people', async () => {
    const { manifest } = await loadCheckpoint(defaultModel);
    expect(manifest.licence.data).toMatch(/public domain/i);
    expect(manifest.licence.weights).toBe('Apache-2.0');
    expect(manifest.evaluation).toMatchObject({ split: 'test', model: { sha256: manifest.weights.sha256 } });
  });

  it('has a card with the figures of its manifest', async () => {
    const { manifest } = await loadCheckpoint(defaultModel);
    const card = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const { sentence, perLabel } = manifest.evaluation as unknown as Evaluation;
    expect(card).toContain(sentence);
    for (const [label, { auc, interval }] of Object.entries(perLabel))
      if (auc !== null)
        expect(card).toContain(
          `| ${label} | ${auc.toFixed(3)} | ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)} |`,
        );
  });

  it('is at most 12 MB', async () => {
    expect((await defaultModel.read('model.safetensors')).length).toBeLessThan(12e6);
  });

  it('refuses other names', async () => {
    await expect(defaultModel.read('../package.json')).rejects.toMatchObject({ code: 'CHECKPOINT_FORMAT' });
  });
});
