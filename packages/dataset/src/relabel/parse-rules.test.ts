import { DatasetError } from '@sofd/core';
import { expect, test } from 'vitest';
import { parseRules } from './parse-rules.js';

const table = { real: null, 'expansion:mouth': { global: ['makeup'], local: ['lips'] } };

test('reads rules, with evidence and without', () => {
  expect(parseRules({ name: 'own', table }, 'rules.json')).toEqual({ annotation: { name: 'own', table } });
  const evidence = { lips: ['lipDifference', 'lipShift'] };
  expect(parseRules({ name: 'own', table, evidence }, 'rules.json').evidence).toEqual(evidence);
});

test.each([
  ['no table', { name: 'own' }, /table/],
  ['a rule that is a list', { name: 'own', table: { real: [] } }, /table\.real/],
  ['a quantity that is not measured', { name: 'own', table, evidence: { lips: ['lipColour'] } }, /evidence\.lips/],
  ['a label without evidence', { name: 'own', table, evidence: { lips: [] } }, /evidence\.lips/],
])('refuses %s', (_, json, message) => {
  expect(() => parseRules(json, 'rules.json')).toThrow(DatasetError);
  expect(() => parseRules(json, 'rules.json')).toThrow(message);
});
