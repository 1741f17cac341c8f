import { useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { reference } from '@sofd/tensor/reference';
import { beforeAll, describe, test } from 'vitest';

describe('reference engine conforms', () => {
  beforeAll(async () => {
    await useBackend(reference());
  });

  test.each(conformanceCases)('$name', ({ run }) => run());
});
