import { BackendUnavailableError } from '@sofd/core';
import { expect, it } from 'vitest';
import { setup } from './setup.js';

it('says in one sentence what is missing', async () => {
  const lines: string[] = [];
  const context = { log: (line: string) => lines.push(line), progress: () => {}, signal: new AbortController().signal };
  const options = { target: 'tensorflow', force: false, seed: 1, engine: 'auto', quiet: false } as const;
  const attempt = setup({ ...options, python: '/no/such/python' }, context);
  await expect(attempt).rejects.toBeInstanceOf(BackendUnavailableError);
  await expect(attempt).rejects.toThrow(/^setup tensorflow: expected .+, got .+; .+\.$/);
  expect(lines).toEqual([]);
});
