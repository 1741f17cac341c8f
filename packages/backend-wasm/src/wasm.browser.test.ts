import { wasm } from '@sofd/backend-wasm';
import { type ActiveBackend, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';

const availability = await wasm().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available)(`wasm engine in the browser conforms${reason}`, () => {
  let engine: ActiveBackend;

  beforeAll(async () => {
    engine = await useBackend(wasm());
  });

  afterAll(() => engine.dispose());

  test.each(conformanceCases)('$name', ({ run }) => run());
});
