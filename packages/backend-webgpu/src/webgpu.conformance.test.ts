import { webgpu } from '@sofd/backend-webgpu';
import { useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { env } from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const isSlow = availability.available && availability.detail.includes('software') && process.env.SOFD_HEAVY !== '1';
const isLeftOut = ({ heavy = false }) => isSlow && heavy;

describe.skipIf(!availability.available)(`webgpu engine in Node conforms${reason}`, () => {
  beforeAll(async () => {
    await useBackend(webgpu());
    // Otherwise products this small never reach the GPU.
    env().set('WEBGPU_CPU_FORWARD', false);
  });

  test.each(conformanceCases.filter((one) => !isLeftOut(one)))('$name', ({ run }) => run());
  test.skip.each(conformanceCases.filter(isLeftOut))(
    '$name (skipped: slow in software; SOFD_HEAVY=1 runs it)',
    () => {},
  );
});
