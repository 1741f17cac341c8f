import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LabelGraph } from '@sofd/core';
import { type FolderDataset, openDataset } from '@sofd/dataset/node';
import { computeReliability, computeRoc } from '@sofd/evaluation';
import { countRows, type ReportData, type ReportSection } from '@sofd/evaluation/report';
import { type StepRecord, taskNames } from '@sofd/trainer';
import { CommandError } from '../command-error.js';
import type { DetectReport } from '../commands/detect.js';
import type { EvaluationReport } from '../commands/evaluate.js';
import { collectSamples } from '../contact-sheet/collect-contact-sheet.js';
import { embedPictures } from '../contact-sheet/write-contact-sheet.js';
import { collectPhotos } from './collect-photos.js';

/** Files that a report is made of. */
export interface ReportSources {
  /** Data set folder. */
  readonly data: string;
  /** Run folder. */
  readonly run: string;
  /** evaluation.json of `sofd eval`; scores.jsonl lies beside it. */
  readonly evaluation: string;
  /** Result of `sofd detect --json`. */
  readonly detections: string;
  /** Draws the contact sheet. */
  readonly seed: number;
}

/** Samples of each mode: enough to see its regions twice. */
const samplesPerMode = 6;

/** So few people say nothing about others. */
const fewPeople = 100;

async function readJson<T>(file: string, what: string): Promise<T> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (cause) {
    throw new CommandError(`report: expected ${what}, got ${file} that cannot be read; make it first.`, { cause });
  }
}

async function readJsonLines<T>(file: string, what: string): Promise<T[]> {
  try {
    const text = await readFile(file, 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  } catch (cause) {
    throw new CommandError(`report: expected ${what}, got ${file} that cannot be read; make it first.`, { cause });
  }
}

/** The sentence that a reader must not miss. */
const caveatOf = ({ identities }: EvaluationReport): string =>
  identities < fewPeople
    ? `${identities} people prove that the pipeline works, not how accurate the model is: the interval is what these faces allow to say, and other people, cameras and forgeries may score quite differently.`
    : `These ${identities} people say how well the model does on alterations made in the same way; other forgeries may score quite differently.`;

async function collectDataset(dataset: FolderDataset, seed: number): Promise<ReportSection> {
  const samples = await collectSamples(dataset, { perMode: samplesPerMode, seed, pictureOf: embedPictures(dataset) });
  return {
    kind: 'dataset',
    lead: 'Regions are exchanged between people of the same split and blended; the blend-only control pastes a region back into the same face and stays real.',
    counts: countRows(dataset.rows),
    samples: samples.filter(({ target }) => target !== null),
  };
}

function collectEvaluation(
  evaluation: EvaluationReport,
  scores: readonly ScoreLine[],
  graph: LabelGraph,
): ReportSection {
  const labels = scores.map(({ targets }) => targets[0]!);
  const probabilities = scores.map(({ marginals }) => marginals[0]!);
  const { primary, global, local } = graph.levels;
  const levels = [primary, global, local].flatMap(({ name, labels: names }) => names.map((label) => [label, name]));
  return {
    kind: 'evaluation',
    lead: evaluation.sentence,
    summary: evaluation,
    roc: computeRoc(labels, probabilities),
    reliability: computeReliability(labels, probabilities),
    levels: Object.fromEntries(levels),
  };
}

function collectTraining(records: readonly StepRecord[]): ReportSection {
  return {
    kind: 'training',
    lead: 'Losses of the three tasks, the weights that the outer step gave them, and the AUC on validation people.',
    tasks: taskNames,
    steps: records.map(({ step, losses, taskWeights }) => ({
      step,
      losses: taskNames.map((task) => losses[task]),
      weights: taskNames.map((task) => taskWeights[task]),
    })),
    validation: records.flatMap(({ step, validation }) =>
      validation?.auc === undefined ? [] : [{ step, auc: validation.auc }],
    ),
  };
}

interface ScoreLine {
  readonly targets: readonly number[];
  readonly marginals: readonly number[];
}

function collectOverview(evaluation: EvaluationReport, dataset: FolderDataset, report: DetectReport): ReportSection {
  const { auc, interval, level, engine, identities } = evaluation;
  const altered = dataset.rows.filter(({ label }) => label === 'fake').length;
  return {
    kind: 'overview',
    figures: [
      { label: 'AUC on unseen people', value: auc, interval, level, scale: [0, 0.5, 1], note: '0.5 is chance' },
      { label: 'Unseen people', value: identities, digits: 0, note: `${evaluation.count} images` },
      { label: 'Images made', value: dataset.rows.length, digits: 0, note: `${altered} of them fake` },
    ],
    notice: caveatOf(evaluation),
    facts: [
      { label: 'Engine', value: `${engine} (training and evaluation), ${report.engine} (detection)` },
      { label: 'Data set', value: dataset.info.digest.slice(0, 16) },
      { label: 'Weights', value: evaluation.model.sha256.slice(0, 16) },
      { label: 'Seed', value: String(dataset.info.seed) },
    ],
  };
}

/**
 * Gathers what the HTML report shows from the files of the other commands.
 *
 * @throws {CommandError} naming the file that is missing
 */
export async function collectReport(options: ReportSources): Promise<ReportData> {
  const dataset = await openDataset(options.data);
  const steps = await readJsonLines<StepRecord>(join(options.run, 'metrics.jsonl'), 'the metrics.jsonl of sofd train');
  const evaluation = await readJson<EvaluationReport>(options.evaluation, 'the evaluation.json of sofd eval');
  const scores = await readJsonLines<ScoreLine>(
    join(dirname(options.evaluation), 'scores.jsonl'),
    'the scores.jsonl of sofd eval',
  );
  const detections = await readJson<DetectReport>(options.detections, 'the result of sofd detect --json');
  const { global, local } = dataset.graph.levels;
  return {
    title: 'sofd: was this face altered, what, and where',
    subtitle: `Model ${evaluation.model.name}`,
    summary: [evaluation.sentence],
    sections: [
      collectOverview(evaluation, dataset, detections),
      {
        kind: 'detections',
        attributes: global.labels,
        regions: local.labels,
        photos: await collectPhotos(detections.detections),
      },
      collectEvaluation(evaluation, scores, dataset.graph),
      collectTraining(steps),
      await collectDataset(dataset, options.seed),
    ],
  };
}
