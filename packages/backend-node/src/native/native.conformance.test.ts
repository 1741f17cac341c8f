import { native } from '@sofd/backend-node';
import { type ActiveBackend, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const availability = await native().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available)(`native engine conforms${reason}`, () => {
  describe.each([1, 2])('on %i threads', (threads) => {
    let engine: ActiveBackend;
    beforeAll(async () => {
      engine = await useBackend(native({ threads }));
      expect(engine.threads).toBe(threads);
    });
    afterAll(() => engine.dispose());

    test.each(conformanceCases)('$name', ({ run }) => run());
  });
});
