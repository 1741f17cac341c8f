import { countDispatches, webgpu } from '@sofd/backend-webgpu';
import { disposeTree, layerNorm, ones, tidy, useBackend, zeros } from '@sofd/tensor';
import { composeLayers } from '@sofd/tensor/conformance';
import { createAdamW, valueAndGradients } from '@sofd/tensor/training';
import { env } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createVit, encodeVit, vitLoss } from '../test/vision-transformer.js';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

/** Counts do not depend on batch and image size, which are as small as they can be; a software GPU runs this. */
const shape = { patchSize: 4, patches: 4, width: 192, depth: 6, heads: 3, labels: 10 };
const images = () => ones([1, 8, 8, 3]);

/** What a dispatch costs is what fusing saves, so this is the measure of it on a real GPU. */
const goal = 0.4;

type Annotate = (message: string) => Promise<unknown>;

/** With `--reporter verbose` the counts are printed. */
async function compare(annotate: Annotate, count: (form: <T>(run: () => T) => T) => Promise<{ dispatches: number }>) {
  const { dispatches: fused } = await count((run) => run());
  const { dispatches: composed } = await count(composeLayers);
  await annotate(`${fused} dispatches; composed of plain operations ${composed}`);
  expect(fused / composed).toBeLessThanOrEqual(goal);
}

describe.skipIf(!availability.available)(`countDispatches()${reason}`, () => {
  beforeAll(async () => {
    await useBackend(webgpu());
    // tfjs computes small arrays that are still on the CPU there, at the first step only.
    env().set('WEBGPU_CPU_FORWARD', false);
  });

  test('counts what a function records, now or later, and nothing after it', async () => {
    const [x, gain, bias] = [ones([8, 192]), ones([192]), zeros([192])];
    const norm = () => layerNorm(x, { gain, bias }).dispose();
    expect(await countDispatches(norm)).toEqual({ result: undefined, dispatches: 1 });
    const later = async () => {
      norm();
      await Promise.resolve();
      norm();
      return 'result';
    };
    expect(await countDispatches(later)).toEqual({ result: 'result', dispatches: 2 });
    norm();
    expect((await countDispatches(() => {})).dispatches).toBe(0);
  });

  test('finds few in the forward pass of a vision transformer', async ({ annotate }) => {
    const params = createVit(shape);
    await compare(annotate, (form) =>
      countDispatches(() => form(() => tidy(() => encodeVit(shape, params, images())).dispose())),
    );
  });

  test('finds few in a training step', async ({ annotate }) => {
    const optimizer = createAdamW({ learningRate: 0.01, weightDecay: 0.1 });
    await compare(annotate, (form) => {
      const params = createVit(shape);
      const state = optimizer.init(params);
      return countDispatches(() =>
        form(() => {
          const batch = { images: images(), targets: zeros([1, 10]) };
          const { value, gradients } = valueAndGradients((given) => vitLoss(shape, given, batch), params);
          const next = optimizer.update(params, gradients, state, { donate: true });
          for (const tree of [{ value }, gradients, next.params, next.state.m, next.state.v]) disposeTree(tree);
        }),
      );
    });
  });
});
