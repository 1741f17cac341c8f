import { native } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { faceForensics as graph } from '@sofd/core';
import { computeLogits, encodeImages, encodeTexts, tokenizePrompts } from '@sofd/model';
import { loadClip } from '@sofd/model/convert';
import { openWeights } from '@sofd/model/node';
import { disposeTree, readTensor, tensorFrom, tidy, useBackend } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareLogits, createSharedFolder, reason, type SharedFolder, tiny, vitB32 } from './pytorch.js';

/**
 * Part of the largest logit, as far as what is published for this model goes. Float32 in another order of sums differs by
 * less than a tenth of it: an error of 6e-8 in each of the thousand terms of a product, in twelve blocks, adds up to
 * 6e-8 sqrt(1000 · 12) = 7e-6.
 */
const tolerance = 1e-4;
const count = 16;

describe.skipIf(reason).each([
  { ...tiny, files: ['state-dict.pt', 'legacy.pth', 'views.pt'] },
  { ...vitB32, files: ['state-dict.pt'] },
])(`a $name of PyTorch${reason}`, (size) => {
  const { side, tokenizer, files } = size;
  let shared: SharedFolder;
  let images: Float32Array;
  beforeAll(() => {
    ({ shared, images } = createSharedFolder(size, count));
    shared.run('logits', 'state-dict.pt');
  });
  afterAll(() => shared.remove());

  async function computeHere(file: string): Promise<Float32Array> {
    const weights = await openWeights(shared.path(file));
    const { config, params } = await loadClip(weights.file, graph, { tokenizer });
    await weights.close();
    const logits = tidy(() => {
      const image = encodeImages(config, params, tensorFrom(images, [count, side, side, 3])); // [count, embedDim]
      const text = encodeTexts(config, params, tokenizePrompts(config, graph)); // [labels, embedDim]
      return computeLogits(config, params, { image, text }); // [count, labels]
    });
    disposeTree(params);
    const values = Float32Array.from(await readTensor(logits));
    logits.dispose();
    return values;
  }

  it.for([wasm(), native()])('has the same logits on $name', async (backend, context) => {
    const availability = await backend.probe();
    if (!availability.available) context.skip(`${backend.name}: ${availability.reason} ${availability.remedy}`);
    const engine = await useBackend(backend);
    try {
      for (const file of files) {
        const difference = compareLogits(await computeHere(file), shared.readFloats('logits.f32'));
        process.stdout.write(
          `${size.name}, ${file}, ${engine.name}: ${difference.toExponential(1)} of the largest logit\n`,
        );
        expect(difference).toBeLessThan(tolerance);
      }
    } finally {
      await engine.dispose();
    }
  });
});
