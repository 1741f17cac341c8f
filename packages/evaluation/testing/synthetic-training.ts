import { createRandom, encodeTargets, faceForensics } from '@sofd/core';
import { evaluateScores } from '../src/index.js';
import type { TrainingRecord, TrainingReportData } from '../src/report/index.js';

const tasks = ['primary', 'global', 'local'] as const;
const { labels } = faceForensics;
const unmeasured = 'eyebrow';

/** Records with made-up losses, a validation every so many steps. */
function makeTrainingRecords(steps: number, validateEvery: number): TrainingRecord[] {
  const random = createRandom('synthetic training');
  return Array.from({ length: steps }, (_, index) => {
    const done = (index + 1) / steps;
    const losses = { primary: 0.71, global: 0.55, local: 0.42 };
    const falling = (start: number, speed: number) =>
      start * (0.18 + 0.82 * Math.exp(-speed * done)) * (1 + 0.16 * random.normal());
    const auc = (difficulty: number) =>
      Math.min(
        0.995,
        0.5 + (0.47 - difficulty) * (1 - Math.exp(-6 * done)) - 0.04 * done ** 3 + 0.008 * random.normal(),
      );
    const measured = labels.filter((label) => label !== unmeasured);
    return {
      step: index + 1,
      epoch: Math.floor(index / 250),
      losses: {
        primary: falling(losses.primary, 5),
        global: falling(losses.global, 4),
        local: falling(losses.local, 3),
      },
      taskWeights: { primary: 1 + 0.3 * done, global: 1 - 0.4 * done, local: 1 - 0.75 * done ** 0.6 },
      learningRate: 1e-3 * Math.min(1, 12 * done) * (0.5 + 0.5 * Math.cos(Math.PI * done)),
      gradientNorm:
        (0.4 + 2 * Math.exp(-4 * done)) * Math.exp(0.35 * random.normal()) * (random.uniform() < 0.002 ? 40 : 1),
      ...((index + 1) % validateEvery === 0 && {
        validation: {
          auc: auc(0.02),
          'loss/primary': falling(losses.primary, 4) + 0.1 * done,
          'loss/global': falling(losses.global, 3),
          'loss/local': falling(losses.local, 3),
          eer: 0.4 - 0.3 * done,
          ...Object.fromEntries(measured.map((label, k) => [`auc/${label}`, auc(0.04 * k)])),
        },
      }),
    };
  });
}

function makeEvaluation() {
  const random = createRandom('synthetic evaluation');
  const fakes = [
    ['identity', 'mouth'],
    ['expression', 'lip'],
    ['physical inconsistency', 'eye'],
  ] as const;
  const rows = Array.from({ length: 60 }, (_, row) => {
    const altered = fakes[row % 3]!;
    return row % 2 === 0
      ? encodeTargets(faceForensics, null)
      : encodeTargets(faceForensics, { global: [altered[0]], local: [altered[1]] });
  });
  const targets = rows.flatMap((row) => [...row]);
  const marginals = targets.map((target) => 1 / (1 + Math.exp(-(target === 1 ? 1 : -1) - 1.3 * random.normal())));
  const identities = rows.map((_, row) => `doll ${row % 10}`);
  return evaluateScores({ graph: faceForensics, targets, marginals, identities, resamples: 200 });
}

function makePeers(): NonNullable<TrainingReportData['peers']> {
  const random = createRandom('synthetic peers');
  return ['equal', 'auto-lambda', 'auto-lambda, look-ahead'].flatMap((experiment, index) =>
    [1, 2, 3, 4, 5].map((seed) => ({
      experiment,
      seed,
      metrics: {
        auc: 0.9 + 0.012 * index + 0.004 * seed + 0.005 * random.normal(),
        eer: 0.15 - 0.004 * index + 0.012 * random.normal(),
      },
    })),
  );
}

/** A run of made-up numbers, complete in all sections; for tests and for looking at. */
export function makeSyntheticTraining(steps = 3000, validateEvery = 100): TrainingReportData {
  return {
    name: 'auto-lambda, seed 1',
    experiment: {
      name: 'auto-lambda, seed 1',
      model: 'small',
      steps,
      batchSize: 32,
      learningRate: 1e-3,
      weighting: { kind: 'auto-lambda', hypergradient: 'finite-difference', learningRate: 1e-3, primary: ['primary'] },
      data: { folder: 'data/expanded', augment: { flip: true, jpeg: [40, 95] } },
      seed: 1,
    },
    defaults: {
      name: 'experiment',
      model: 'demo',
      steps: 300,
      batchSize: 32,
      learningRate: 1e-3,
      weighting: { kind: 'auto-lambda', hypergradient: 'finite-difference', learningRate: 1e-3, primary: ['primary'] },
      data: {},
      seed: 0,
    },
    records: makeTrainingRecords(steps, validateEvery),
    tasks,
    labels,
    weighting: 'auto-lambda',
    engine: 'native (OpenBLAS, 2 threads)',
    started: '2026-11-23T10:00:00Z',
    finished: '2026-11-23T12:05:30Z',
    evaluation: makeEvaluation(),
    dataset: [
      { part: 'train', people: 412, rows: 8240 },
      { part: 'held-out', people: 58, rows: 1160 },
      { part: 'validation', people: 60, rows: 1200 },
    ],
    peers: makePeers(),
  };
}
