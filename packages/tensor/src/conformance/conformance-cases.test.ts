import { fusedKernelFunctions, overrideKernels, useBackend } from '@sofd/tensor';
import { conformanceCases } from '@sofd/tensor/conformance';
import { reference } from '@sofd/tensor/reference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainFusedKernels } from '../../testing/plain-fused-kernels.js';
import * as ops from '../ops.js';

beforeAll(async () => {
  await useBackend(reference());
});

describe('the cases', () => {
  test('have different names, with their group in front', () => {
    const names = conformanceCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[\w ]+: ./.test(name))).toEqual([]);
  });

  test('name every operation and every layer', async () => {
    const names = conformanceCases.map(({ name }) => name).join('\n');
    const layers = ['attention', 'biasQuickGelu', 'embedTokens', 'fidelityElements', 'layerNorm', 'linear'];
    const wanted = [...Object.keys(ops), ...layers, 'multiHeadAttention', 'patchify', 'adamW', 'sgd'];
    expect(wanted.filter((name) => !new RegExp(`\\b${name}\\b`).test(names))).toEqual([]);
  });
});

describe('an engine with right fused kernels', () => {
  const groups =
    /^(linear|attention|multiHead|layerNorm|biasQuick|fidelity|embed|limits|adamW|donation|frozen|training|determinism)/;
  const fused = conformanceCases.filter(({ name, heavy }) => groups.test(name) && !heavy);

  let end = () => {};
  beforeAll(() => {
    end = overrideKernels('cpu', 'plain fused', () => fusedKernelFunctions(plainFusedKernels));
  });
  afterAll(() => end());

  test.each(fused)('$name', ({ run }) => run());
});
