import { setFlagsFromString } from 'node:v8';
import { wasm } from '@sofd/backend-wasm';
import { type ActiveBackend, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Node 20 has relaxed SIMD behind a flag, newer ones without; there, wasm.conformance.test.ts runs on it.
const needsFlag = Number(process.versions.node.split('.')[0]) < 21;
const reason = needsFlag ? '' : ' (skipped: this Node needs no flag for it)';

describe.skipIf(!needsFlag)(`wasm engine with relaxed SIMD conforms${reason}`, () => {
  let engine: ActiveBackend;

  beforeAll(async () => {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
    engine = await useBackend(wasm({ threads: 2 }));
  });

  afterAll(() => engine.dispose());

  test('it is what the engine uses', () => {
    expect(engine.device).toBe('CPU, WebAssembly SIMD (relaxed), 2 threads');
  });

  test.each(conformanceCases)('$name', ({ run }) => run());
});
