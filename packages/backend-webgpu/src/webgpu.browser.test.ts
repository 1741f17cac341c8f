import { webgpu } from '@sofd/backend-webgpu';
import { type ActiveBackend, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { env } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, test } from 'vitest';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available)(`webgpu engine in the browser conforms${reason}`, () => {
  let engine: ActiveBackend;

  beforeAll(async () => {
    engine = await useBackend(webgpu());
    // Otherwise products this small never reach the GPU.
    env().set('WEBGPU_CPU_FORWARD', false);
  });

  afterAll(() => engine.dispose());

  test.each(conformanceCases)('$name', ({ run }) => run());
});
