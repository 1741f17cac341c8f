import { native } from '@sofd/backend-node';
import { useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { beforeAll, describe, test } from 'vitest';

const availability = await native().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available)(`native engine conforms${reason}`, () => {
  beforeAll(async () => {
    await useBackend(native());
  });

  test.each(conformanceCases)('$name', ({ run }) => run());
});
