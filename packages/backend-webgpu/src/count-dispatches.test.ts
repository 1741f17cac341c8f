import { countDispatches, webgpu } from '@sofd/backend-webgpu';
import { disposeTree, ones, readTensor, tidy, useBackend, zeros } from '@sofd/tensor';
import { composeLayers } from '@sofd/tensor/conformance';
import { createAdamW, valueAndGradients } from '@sofd/tensor/training';
import { env } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createVit, encodeVit, vitLoss } from '../test/vision-transformer.js';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const shape = { patchSize: 8, patches: 4, width: 192, depth: 6, heads: 3, labels: 10 };
const batch = 1;

describe.skipIf(!availability.available)(`dispatches of a vision transformer${reason}`, () => {
  beforeAll(async () => {
    await useBackend(webgpu());
    env().set('WEBGPU_CPU_FORWARD', false);
  });

  test('a forward pass', async () => {
    const params = createVit(shape);
    const images = ones([batch, 16, 16, 3]);
    const encode = () => tidy(() => encodeVit(shape, params, images));
    const fused = await countDispatches(encode);
    const composed = await countDispatches(() => composeLayers(encode));
    console.log(fused.dispatches, composed.dispatches, fused.dispatches / composed.dispatches);
  });

  test('a training step', async () => {
    const images = ones([batch, 16, 16, 3]);
    const targets = zeros([batch, 10]);
    const optimizer = createAdamW({ learningRate: 0.01, weightDecay: 0.1 });
    for (const form of [(run: () => void) => run(), composeLayers<void>]) {
      let params = createVit(shape);
      let state = optimizer.init(params);
      const step = () => {
        form(() => {
          const { value, gradients } = valueAndGradients((given) => vitLoss(shape, given, { images, targets }), params);
          ({ params, state } = optimizer.update(params, gradients, state, { donate: true }));
          disposeTree({ value, ...gradients });
        });
      };
      const { dispatches } = await countDispatches(step);
      console.log(dispatches, (await readTensor(params.labels))[0]);
    }
  });
});
