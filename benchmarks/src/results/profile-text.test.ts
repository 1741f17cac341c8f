import { expect, test } from 'vitest';
import { describeProfile } from './profile-text.js';

test('parts the time into products, other kernels and the rest', () => {
  const lines = describeProfile({
    milliseconds: 100,
    kernels: [
      { name: '_FusedMatMul', calls: 4, milliseconds: 40 },
      { name: 'Softmax', calls: 2, milliseconds: 25.5 },
      { name: 'sofd.linear.forward', calls: 3, milliseconds: 20 },
    ],
  });
  expect(lines[0]).toBe('100 ms: matrix products 60, other kernels 25.5, between kernels 14.5 (9 calls)');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/40 ms +4 x _FusedMatMul/);
});
