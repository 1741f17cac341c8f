import { describe, expect, it } from 'vitest';
import { attacks, shapeOf } from '../../../testing/attacks.js';
import { findAll, findByTag, parsePage } from '../../../testing/page.js';
import { makeSyntheticTraining } from '../../../testing/synthetic-training.js';
import type { TrainingReportData } from './data.js';
import { renderTrainingReport } from './render-training-report.js';

/** Names that a run may take from files: everything that is text, and every key that is a name. */
const named = [
  'losses',
  'taskWeights',
  'validation',
  'metrics',
  'perLabel',
  'experiment',
  'defaults',
  'augment',
  'data',
];
/** A metric keeps its kind before the slash. */
const rename = (name: string, attack: string) =>
  /^(auc|loss)\//.test(name) ? name.replace('/', `/${attack} `) : name === 'auc' ? name : `${attack} ${name}`;

function poison(value: unknown, attack: string, key = ''): unknown {
  if (typeof value === 'string') return `${attack} ${value}`;
  if (Array.isArray(value)) return value.map((item) => poison(item, attack, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      named.includes(key) ? rename(name, attack) : name,
      poison(item, attack, name),
    ]),
  );
}

function makeRun(): TrainingReportData {
  // Poisoned times have no duration.
  const { finished: _, ...run } = makeSyntheticTraining(60, 10);
  return run;
}

describe('the report of a run of hostile names', async () => {
  const clean = parsePage(await renderTrainingReport(makeRun())).root;

  it.each(attacks)('has the same elements and attributes as a clean one: %s', async (attack) => {
    const { root, errors } = parsePage(await renderTrainingReport(poison(makeRun(), attack) as TrainingReportData));
    expect(errors).toEqual([]);
    expect(shapeOf(root)).toBe(shapeOf(clean));
    expect(findAll(root, ({ attributes }) => Object.keys(attributes).some((name) => name.startsWith('on')))).toEqual(
      [],
    );
    expect(findByTag(root, 'h1')[0]!.text).toBe(`${attack} auto-lambda, seed 1`);
  });

  it('takes names of object properties for names', async () => {
    const records = JSON.parse(
      '[{"step":1,"epoch":0,"losses":{"__proto__":1,"constructor":2},"taskWeights":{"__proto__":1,"constructor":1},"learningRate":1,"validation":{"auc/toString":0.75,"__proto__":0.5}}]',
    ) as TrainingReportData['records'];
    const page = await renderTrainingReport({
      ...makeRun(),
      records,
      tasks: ['__proto__', 'constructor'],
      labels: ['toString', 'valueOf'],
    });
    expect(page).toContain('Not measured: valueOf');
  });
});
