import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLabelRules } from './read-label-rules.js';

const definition = {
  primary: { prompt: 'A {label} photo', label: 'edited' },
  global: { prompt: 'A photo with {label}', labels: { makeup: ['lips'] } },
  local: { prompt: 'A photo with edited {label}', labels: ['lips'] },
};
let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-rules-'));
  await writeFile(path('graph.json'), JSON.stringify(definition));
  await writeFile(path('rules.json'), JSON.stringify({ name: 'own', table: { real: null } }));
});
afterAll(() => rm(folder, { recursive: true }));

test('reads a graph and the rules for it from files', async () => {
  const labels = await readLabelRules({ graph: path('graph.json'), rules: path('rules.json') }, 'expand');
  expect(labels.labelGraph!.labels).toEqual(['edited', 'makeup', 'lips']);
  expect(labels.annotation).toEqual({ name: 'own', table: { real: null } });
  expect(await readLabelRules({}, 'expand')).toEqual({});
});

test('refuses a graph without rules, and files that are not there', async () => {
  await expect(readLabelRules({ graph: 'ffsc' }, 'expand')).rejects.toThrow(
    /expand: expected --rules with --graph ffsc/,
  );
  await expect(readLabelRules({ rules: path('none.json') }, 'expand')).rejects.toThrow(/--rules, got .*none\.json/);
  const missing = { graph: path('none.json'), rules: path('rules.json') };
  await expect(readLabelRules(missing, 'expand')).rejects.toThrow(/--graph, got .*none\.json/);
});
