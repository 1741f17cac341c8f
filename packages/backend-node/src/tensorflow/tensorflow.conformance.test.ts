import { tensorflow } from '@sofd/backend-node';
import { useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { beforeAll, describe, test } from 'vitest';

const availability = await tensorflow().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available)(`tensorflow engine conforms${reason}`, () => {
  beforeAll(async () => {
    await useBackend(tensorflow());
  });

  test.each(conformanceCases)('$name', ({ run }) => run());
});
