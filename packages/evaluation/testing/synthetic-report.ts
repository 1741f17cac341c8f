import { createRandom, faceForensics, type Random } from '@sofd/core';
import { computeReliability, computeRoc, evaluateScores } from '../src/index.js';
import type { DetectionsSection, ReportData, ReportFace, TrainingSection } from '../src/report/index.js';
import { drawCrop, drawMask, drawPhoto } from './draw.js';

const graph = faceForensics;
const { global, local, primary } = graph.levels;

/** A report of drawn dolls and made-up numbers, complete in all sections; for tests and for looking at. */
export function makeSyntheticReport(): ReportData {
  const random = createRandom('synthetic report');
  return {
    title: 'Synthetic report',
    subtitle: 'Dolls drawn by the test suite, numbers made up, seed 1',
    summary: [
      '24 drawn dolls became 120 images: regions swapped between two of them, and blends that change nothing.',
      'A model that does not exist told fakes from real dolls with an AUC of 0.83.',
    ],
    sections: [
      {
        kind: 'overview',
        figures: [
          { label: 'AUC on unseen people', value: 0.8312, interval: [0.702, 0.931], scale: [0, 0.5, 1] },
          { label: 'Faces found', value: 24, digits: 0, note: 'in 6 photos' },
          { label: 'Images made', value: 120, digits: 0, note: '72 region swaps, 24 blends' },
          { label: 'Engine', value: 'native', note: 'equal to WebGPU within 3e-6' },
        ],
        notice:
          'So few faces prove that the pipeline works from end to end; they say nothing about how accurate the model is on other people.',
        facts: [
          { label: 'Seed', value: '1' },
          { label: 'Data digest', value: '9f2c 77ab 0e41 d5b8' },
          { label: 'Checkpoint', value: 'demo, 1.4 MB, float32' },
          { label: 'Total time', value: '4 min 12 s on 2 cores' },
        ],
      },
      {
        kind: 'dataset',
        lead: 'Every image has a label vector derived from the label graph, and a mask that says where it was altered.',
        counts: [
          { mode: 'original', train: 16, validation: 4, test: 4 },
          { mode: 'region-swap', train: 48, validation: 12, test: 12 },
          { mode: 'blend-only', train: 16, validation: 4, test: 4 },
        ],
        samples: [
          ...['eye', 'mouth', 'nose'].map((region, index) => ({
            target: drawCrop(index / 3),
            donor: null,
            mask: drawMask(region),
            result: drawCrop(index / 3, region),
            label: 'fake' as const,
            mode: 'region-swap',
            altered: ['identity', region],
          })),
          {
            target: drawCrop(0.8),
            donor: null,
            mask: drawMask('mouth'),
            result: drawCrop(0.8),
            label: 'real',
            mode: 'blend-only',
            altered: [],
          },
          {
            target: drawCrop(0.5),
            donor: null,
            mask: null,
            result: drawCrop(0.5),
            label: 'real',
            mode: 'original',
            altered: [],
          },
        ],
      },
      makeTraining(random.split('training')),
      makeEvaluation(random.split('evaluation')),
      makeDetections(random.split('detections')),
      {
        kind: 'table',
        title: 'Seconds by stage',
        columns: ['Stage', 'Seconds', 'What was done'],
        rows: [
          ['find', 21.4, '24 faces in 6 photos'],
          ['expand', 38.25, '102 images written'],
          ['train', 150, '300 steps'],
        ],
      },
    ],
    footer: 'Made by the tests of @sofd/evaluation.',
  };
}

function makeTraining(random: Random): TrainingSection {
  const start = [0.72, 0.58, 0.41];
  return {
    kind: 'training',
    lead: 'Three tasks share one embedding; their weights follow what helps the primary task on held-out people.',
    tasks: ['primary', 'global', 'local'],
    steps: Array.from({ length: 300 }, (_, step) => ({
      step,
      losses: start.map(
        (loss, task) => loss * (0.35 + 0.65 * Math.exp(-step / (60 + 40 * task))) * (1 + 0.22 * random.normal()),
      ),
      weights: [1 + 0.4 * (1 - Math.exp(-step / 90)), 1 - 0.35 * (step / 300), 1 - 0.6 * (step / 300) ** 0.7],
    })),
    validation: Array.from({ length: 11 }, (_, index) => ({
      step: index * 30,
      auc: Math.min(0.97, 0.5 + 0.38 * (1 - Math.exp(-index / 3)) + 0.03 * random.normal()),
    })),
  };
}

function makeEvaluation(random: Random): ReportData['sections'][number] {
  const rows = 80;
  const targets = Array.from({ length: rows * graph.labels.length }, (_, index) => {
    const row = Math.floor(index / graph.labels.length);
    const column = index % graph.labels.length;
    if (row % 2 === 0) return 0;
    if (column === primary.start || graph.labels[column] === 'identity') return 1;
    return column >= local.start && column - local.start === (row >> 1) % 5 ? 1 : 0;
  });
  const marginals = targets.map((target) => 1 / (1 + Math.exp(-(target === 1 ? 1 : -1) - 1.3 * random.normal())));
  const labels = Array.from({ length: rows }, (_, row) => targets[row * graph.labels.length]!);
  const scores = Array.from({ length: rows }, (_, row) => marginals[row * graph.labels.length]!);
  const identities = labels.map((_, row) => `doll ${row % 8}`);
  return {
    kind: 'evaluation',
    summary: evaluateScores({ graph, targets, marginals, identities, resamples: 400 }),
    roc: computeRoc(labels, scores),
    reliability: computeReliability(labels, scores, { bins: 8 }),
    levels: Object.fromEntries(
      [primary, global, local].flatMap(({ name, labels: names }) => names.map((label) => [label, name])),
    ),
  };
}

function makeDetections(random: Random): DetectionsSection {
  const boxes = [
    { x: 70, y: 150, width: 210, height: 250 },
    { x: 370, y: 90, width: 230, height: 280 },
    { x: 690, y: 190, width: 190, height: 230 },
  ];
  const verdicts = ['real', 'fake', 'uncertain'] as const;
  const faces = boxes.map((box, index) => makeFace(random, { box, hue: index / 4, verdict: verdicts[index]! }));
  return {
    kind: 'detections',
    lead: 'Bars show the probability that a label was altered; the mark on a bar is the threshold from which it counts.',
    attributes: [...global.labels],
    regions: [...local.labels],
    photos: [
      { name: 'three-dolls.png', image: drawPhoto(960, 600, boxes), width: 960, height: 600, verdict: 'fake', faces },
      {
        name: 'empty.png',
        image: drawPhoto(480, 200, []),
        width: 480,
        height: 200,
        verdict: 'no-face',
        faces: [],
        warnings: ['The photo is only 480 pixels wide.'],
      },
    ],
  };
}

function makeFace(
  random: Random,
  {
    box,
    hue,
    verdict,
  }: { readonly box: ReportFace['box']; readonly hue: number; readonly verdict: ReportFace['verdict'] },
): ReportFace {
  const probability = { real: 0.12, fake: 0.94, uncertain: 0.55 }[verdict];
  const altered = (label: string) => verdict === 'fake' && ['identity', 'mouth', 'lip'].includes(label);
  return {
    crop: drawCrop(hue, verdict === 'fake' ? 'mouth' : undefined),
    box,
    probability,
    verdict,
    labels: Object.fromEntries(
      graph.labels.map((label) => [
        label,
        {
          probability: altered(label) ? random.uniformBetween(0.7, 0.95) : random.uniformBetween(0.03, 0.4),
          threshold: 0.5,
          altered: altered(label),
        },
      ]),
    ),
    summary: {
      real: 'Nothing speaks for an alteration.',
      fake: 'The identity was altered at the mouth and the lips.',
      uncertain: 'The evidence is too weak for a verdict: the face is small and blurred.',
    }[verdict],
  };
}
