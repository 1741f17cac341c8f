import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { instrument, readExamples } from '../test/read-examples.js';
import * as core from './index.js';

const examples = readExamples(fileURLToPath(new URL('..', import.meta.url)));

it('finds the examples and what they state', () => {
  expect(examples.length).toBeGreaterThan(18);
  const checks = examples.reduce((sum, { code }) => sum + instrument(code).checks, 0);
  expect(checks).toBeGreaterThan(examples.length);
});

it.each(examples)('$where does what it says', async ({ code }) => {
  const { code: body, checks } = instrument(code);
  expect.assertions(checks);
  const names = { ...core, v, check: (actual: unknown, expected: unknown) => expect(actual).toEqual(expected) };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await AsyncFunction(...Object.keys(names), body)(...Object.values(names));
});
