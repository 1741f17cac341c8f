import { EvaluationError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { findAll, findByClass, findByTag, type PageElement, parsePage } from '../../../testing/page.js';
import { makeSyntheticTraining } from '../../../testing/synthetic-training.js';
import type { ComparedRun, TrainingReportData } from './data.js';
import { renderTrainingReport } from './render-training-report.js';

const data = makeSyntheticTraining(600, 50);
const text = await renderTrainingReport(data);
const { root, errors } = parsePage(text);

const parse = async (changed: Partial<TrainingReportData>) =>
  parsePage(await renderTrainingReport({ ...data, ...changed })).root;
const titles = (page: PageElement) => findByTag(page, 'h2').map((heading) => heading.text);
const captions = (page: PageElement) => findByTag(page, 'figcaption').map((caption) => caption.text);
const rowsOf = (table: PageElement) =>
  findByTag(findByTag(table, 'tbody')[0]!, 'tr').map((row) =>
    row.children.map((cell) => cell.text).filter((cell) => cell !== ''),
  );
const tableOf = (page: PageElement, words: string) =>
  findByTag(page, 'table').find((table) => table.text.startsWith(words))!;

describe('renderTrainingReport', () => {
  it('writes valid HTML with all sections', () => {
    expect(errors).toEqual([]);
    expect(findByTag(root, 'h1').map((heading) => heading.text)).toEqual([data.name]);
    expect(titles(root)).toEqual(['Overview', 'Training', 'Validation', 'Labels', 'Comparison', 'Experiment']);
    expect(captions(root)).toEqual([
      'Loss of each task',
      'Weight of each task',
      'Learning rate',
      'Gradient norm',
      'Validation AUC',
      'Validation loss of each task',
    ]);
  });

  it('refers to nothing outside itself, and to no script', () => {
    expect(text).not.toMatch(/url\(|@import|https?:|<script|<link|<img/);
    const ids = findAll(root, ({ attributes }) => attributes.id !== undefined).map(({ attributes }) => attributes.id!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of findByTag(root, 'a')) expect(ids).toContain(attributes.href?.slice(1));
  });

  it('describes every chart', () => {
    const charts = findAll(root, ({ attributes }) => attributes.role === 'img');
    expect(charts).toHaveLength(6 + 9);
    for (const { attributes } of charts) expect(attributes['aria-label']?.length).toBeGreaterThan(20);
  });

  it('gives the same bytes for the same data', async () => {
    expect(await renderTrainingReport(makeSyntheticTraining(600, 50))).toBe(text);
  });

  it('shows data set, duration and what computed it', () => {
    expect(rowsOf(tableOf(root, 'Data set'))[1]).toEqual(['held-out', '58', '1,160']);
    const facts = findByClass(root, 'facts')[0]!.text;
    for (const fact of ['auto-lambda', 'native (OpenBLAS, 2 threads)', '2026-11-23 10:00 UTC', '2 h 5 min'])
      expect(facts).toContain(fact);
  });

  it('says how charts are thinned where they are', async () => {
    expect(text).toMatch(/show 600 steps by about 240 points/);
    expect(await renderTrainingReport({ ...data, records: data.records.slice(0, 240) })).not.toMatch(/about 240/);
  });
});

describe('the best step', () => {
  const auc = data.records.flatMap(({ step, validation }) => (validation ? [[step, validation.auc!] as const] : []));
  const highest = auc.reduce((a, b) => (b[1] > a[1] ? b : a));

  it('is that of the highest AUC, and of the lowest loss', () => {
    const rows = rowsOf(tableOf(root, 'Metric'));
    expect(rows[0]).toEqual(['auc', highest[1].toFixed(3), String(highest[0]), auc.at(-1)![1].toFixed(3)]);
    const losses = data.records.flatMap(({ validation }) => validation?.['loss/local'] ?? []);
    expect(rows.find(([name]) => name === 'loss/local')?.[1]).toBe(Math.min(...losses).toFixed(3));
    expect(findByClass(root, 'summary')[0]!.text).toContain(`${highest[1].toFixed(3)} at step ${highest[0]}`);
  });

  it('is the stated one where one is stated', async () => {
    const page = await parse({ best: { auc: 50 } });
    expect(rowsOf(tableOf(page, 'Metric'))[0]!.slice(0, 3)).toEqual(['auc', auc[0]![1].toFixed(3), '50']);
    expect(findByTag(page, 'th').some(({ text: words }) => words === 'Step 50 best')).toBe(true);
  });
});

describe('labels', () => {
  it('have a chart and a row each, and those that were not measured are named', () => {
    const measured = data.labels.filter((label) => label !== 'eyebrow');
    const names = findByClass(root, 'multiple-title').map((title) => findByTag(title, 'bdi')[0]!.text);
    expect(names).toEqual(measured);
    expect(rowsOf(tableOf(root, 'AUC of each label')).map(([name]) => name)).toEqual(measured);
    expect(text).toContain('Not measured: eyebrow.');
    expect(rowsOf(tableOf(root, 'On the evaluation rows'))).toHaveLength(data.labels.length);
  });
});

describe('the comparison', () => {
  const runs: ComparedRun[] = [
    ['equal', 1, 0.8],
    ['equal', 2, 0.9],
    ['other', 1, 0.85],
    ['other', 2, 0.97],
    ['other', 3, 0.99],
    ['alone', 9, 0.7],
  ].map(([experiment, seed, auc]) => ({
    experiment: String(experiment),
    seed: seed as number,
    metrics: { auc: auc as number },
  }));

  it('has means and paired differences with intervals', async () => {
    const page = await parse({ peers: runs });
    // t is 12.706 for one degree of freedom and 4.303 for two.
    expect(rowsOf(tableOf(page, 'auc'))).toEqual([
      ['equal', '2', '0.8500.215–1.485'],
      ['other', '3', '0.9370.749–1.125', '+0.060\u22120.067 to +0.1872 pairs, not told from 0'],
      ['alone', '1', '0.700', 'no pairs'],
    ]);
    expect(rowsOf(tableOf(page, 'ExperimentSeed'))).toHaveLength(6);
  });

  it('is left out without other runs, and has no differences for one experiment', async () => {
    expect(titles(await parse({ peers: [] }))).not.toContain('Comparison');
    expect(tableOf(await parse({ peers: runs.slice(0, 2) }), 'auc').text).not.toContain('Difference');
  });
});

describe('the experiment', () => {
  it('shows what differs from the defaults', () => {
    expect(rowsOf(tableOf(root, 'Setting'))).toEqual([
      ['name', 'auto-lambda, seed 1', 'experiment'],
      ['model', 'small', 'demo'],
      ['steps', '600', '300'],
      ['data.folder', 'data/expanded', 'not set'],
      ['data.augment.flip', 'true', 'not set'],
      ['data.augment.jpeg', '[40,95]', 'not set'],
      ['seed', '1', '0'],
    ]);
    expect(JSON.parse(findByTag(root, 'pre')[0]!.text)).toEqual(data.experiment);
  });

  it('says so when nothing differs', async () => {
    const page = await parse({ experiment: { a: {}, b: [1] }, defaults: { b: [1], a: {} } });
    expect(page.text).toContain('Every setting has its default.');
    expect(tableOf(page, 'Setting')).toBeUndefined();
  });
});

describe('runs that are short, broken or long', () => {
  const { name, experiment, tasks, labels, weighting } = data;
  const bare = { name, experiment, tasks, labels, weighting };
  const [first] = data.records;

  it('renders no step at all', async () => {
    const page = parsePage(await renderTrainingReport({ ...bare, records: [] }));
    expect(page.errors).toEqual([]);
    expect(titles(page.root)).toEqual(['Overview', 'Training', 'Experiment']);
    expect(page.root.text).toContain('No step has been recorded.');
  });

  it('renders one step, without and with a validation', async () => {
    const one = parsePage(await renderTrainingReport({ ...bare, records: [first!] }));
    expect(one.errors).toEqual([]);
    expect(one.root.text).toContain('1 step with tasks weighted by auto-lambda; no validation has run.');
    const validated = { ...first!, validation: { auc: 0.75, 'auc/eye': 0.5 } };
    const page = parsePage(await renderTrainingReport({ ...bare, records: [validated] }));
    expect(page.errors).toEqual([]);
    expect(page.root.text).toContain('0.750 at step 1');
    expect(findByClass(page.root, 'multiple-title')).toHaveLength(1);
  });

  it('renders validations without a metric, or of other metrics', async () => {
    const records = [
      { ...first!, validation: {} },
      { ...first!, step: 2, validation: { 'f1/macro': 0.5 } },
    ];
    const page = parsePage(await renderTrainingReport({ ...bare, records })).root;
    expect(rowsOf(tableOf(page, 'Metric'))).toEqual([['f1/macro', '0.500', '2', '0.500']]);
  });

  it('points out values that are not finite, and draws the others', async () => {
    const records = data.records.map((record) =>
      record.step > 500 ? { ...record, losses: { ...record.losses, local: Number.NaN } } : record,
    );
    // As a metrics.jsonl holds them: null.
    const page = await parse({ records: JSON.parse(JSON.stringify(records)) as typeof records });
    expect(findByClass(page, 'notice')[0]!.text).toContain('at 100 steps are not finite, first at step 501');
    expect(captions(page)).toContain('Loss of each task');
    expect(page.text).not.toContain('NaN');
    const all = records.map((record) => ({
      ...record,
      losses: { primary: Number.NaN, global: Number.NaN, local: Number.NaN },
    }));
    expect(captions(await parse({ records: all }))).not.toContain('Loss of each task');
  });

  it('renders 100,000 steps in seconds to a small file', async () => {
    const long = makeSyntheticTraining(100_000, 100);
    const start = performance.now();
    const page = await renderTrainingReport(long);
    // 3 s on two slow cores; a quadratic step takes minutes.
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(page.length).toBeLessThan(400_000);
  });

  it.each([
    ['steps out of order', { records: [data.records[1]!, data.records[0]!] }, /ascending steps, got step 1 after 2/],
    ['a task without a loss', { tasks: ['primary', 'face'] }, /losses of primary, face at step 1, got none of face/],
    ['a best step without a validation', { best: { auc: 51 } }, /a validation with auc at its best step 51/],
  ])('refuses %s', async (_, changed, message) => {
    await expect(renderTrainingReport({ ...data, ...changed })).rejects.toThrow(EvaluationError);
    await expect(renderTrainingReport({ ...data, ...changed })).rejects.toThrow(message);
  });
});
