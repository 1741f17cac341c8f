import { wasm } from '@sofd/backend-wasm';
import { type ActiveBackend, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';

const availability = await wasm().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available).each([1, 2])(`wasm engine with %i threads conforms${reason}`, (threads) => {
  let engine: ActiveBackend;

  beforeAll(async () => {
    engine = await useBackend(wasm({ threads }));
  });

  afterAll(() => engine.dispose());

  test.each(conformanceCases)('$name', ({ run }) => run());
});
