import { wasm } from '@sofd/backend-wasm';
import { useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { beforeAll, describe, test } from 'vitest';

const availability = await wasm().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available)(`wasm engine conforms${reason}`, () => {
  beforeAll(async () => {
    await useBackend(wasm());
  });

  test.each(conformanceCases)('$name', ({ run }) => run());
});
