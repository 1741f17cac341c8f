import { describe, expect, it } from 'vitest';
import {
  CheckpointFormatError,
  type CheckpointManifest,
  checkpointManifestSchema,
  DatasetError,
  type DatasetRow,
  datasetRowSchema,
  faceForensics,
  parseWith,
} from '../index.js';

const row: DatasetRow = {
  file_name: 'images/a.png',
  id: 'a',
  label: 'fake',
  manipulation: 'expansion:eyes',
  targets: [1, 0, 0, 1, 1, 0, 0, 0, 0, 0],
  altered: ['fake', 'physical inconsistency', 'eye'],
  mode: 'region-swap',
  region: 'eyes',
  identity: 'person-1',
  source: 'photo.jpg',
  method: null,
  video: null,
  frame: null,
  track: null,
  quality: 0.8,
  showable: true,
  parents: ['b', 'c'],
  split: 'train',
  seed: '7/a',
  mask: 'masks/a.png',
  crop: 'arcface-1.3/v1',
  measured: null,
};

const manifest: CheckpointManifest = {
  format: 'sofd-checkpoint',
  version: 1,
  name: 'demo',
  createdBy: '@sofd/model 0.0.0',
  labelGraph: faceForensics.definition,
  model: { preset: 'official' },
  textEmbeddings: { tensor: 'textEmbeddings' },
  input: {
    imageSize: 64,
    crop: 'arcface-1.3/v1',
    resize: 'bicubic-antialias',
    mean: [0.5, 0.5, 0.5],
    std: [0.2, 0.2, 0.2],
  },
  calibration: { kind: 'platt', scale: 1, bias: -2 },
  thresholds: { fake: 0.5, uncertain: [0.4, 0.6], labels: { eye: 0.5 } },
  licence: { weights: 'Apache-2.0', data: 'see note', note: '' },
  training: { seed: 7, steps: 10 },
  weights: { file: 'model.safetensors', sha256: 'a'.repeat(64), bytes: 100 },
  knownAnswer: { input: { tensor: 'knownInput' }, logits: new Array(10).fill(0.5), tolerance: 1e-4 },
};

/** The problems of a copy with changes at dotted paths; undefined deletes. */
function problemsWith(base: object, changes: Record<string, unknown>): readonly string[] {
  const copy = structuredClone(base);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const parent = keys.slice(0, -1).reduce((at, key) => at[key] as typeof at, copy as Record<string, unknown>);
    if (value === undefined) delete parent[keys.at(-1)!];
    else parent[keys.at(-1)!] = value;
  }
  try {
    if (base === row) parseWith(datasetRowSchema, copy, 'metadata.jsonl:1', DatasetError);
    else parseWith(checkpointManifestSchema, copy, 'manifest.json', CheckpointFormatError);
  } catch (error) {
    if (DatasetError.isInstance(error) || CheckpointFormatError.isInstance(error)) return error.problems;
    throw error;
  }
  return [];
}

describe('datasetRowSchema', () => {
  it('accepts a row after a way through JSON', () => {
    expect(parseWith(datasetRowSchema, JSON.parse(JSON.stringify(row)), 'x', DatasetError)).toEqual(row);
    expect(problemsWith(row, { region: null, mask: null, parents: [] })).toEqual([]);
  });

  it('reports every problem of a row', () => {
    const changes = { id: '', 'targets.2': 2, splitt: 'test', label: 'Fake', seed: undefined, file_name: '../a.png' };
    expect(problemsWith(row, changes)).toEqual([
      'file_name: expected a path within the folder',
      'id: expected !0, got ""',
      'label: expected ("real" | "fake"), got "Fake"',
      expect.stringMatching(/^targets.2: expected .*got 2$/),
      'seed: missing',
      'splitt: unknown key (did you mean split?)',
    ]);
  });

  it.each(['/etc/a.png', '\\a.png', 'C:\\a.png', 'c:a.png', 'x/../../a.png', 'x\\..\\a.png', '..'])(
    'refuses the way %s out of the folder',
    (path) => {
      expect(problemsWith(row, { file_name: path, mask: path })).toHaveLength(2);
    },
  );

  it('accepts names that only look like a way out', () => {
    for (const path of ['a..png', '...', 'x/..a.png']) expect(problemsWith(row, { file_name: path })).toEqual([]);
  });
});

describe('checkpointManifestSchema', () => {
  it('accepts a manifest after a way through JSON', () => {
    expect(
      parseWith(checkpointManifestSchema, JSON.parse(JSON.stringify(manifest)), 'x', CheckpointFormatError),
    ).toEqual(manifest);
    expect(problemsWith(manifest, { calibration: { kind: 'identity' }, 'thresholds.uncertain': undefined })).toEqual(
      [],
    );
  });

  it.each([
    [{ version: 2 }, 'version: expected 1, got 2'],
    [{ format: 'x' }, 'format: expected "sofd-checkpoint", got "x"'],
    [{ knownAnswer: undefined }, 'knownAnswer: missing'],
    [{ 'weights.sha256': 'abc' }, 'weights.sha256: expected 64 hexadecimal digits'],
    [{ 'weights.precision': 'int4' }, /^weights.precision: expected \("float32" \| "float16" \| "int8"\)/],
    [
      { 'weights.precision': 'int8' },
      'weights.difference: expected for float16 and int8 alone, got precision int8 without it',
    ],
    [
      { 'weights.difference': { maxLogitDifference: 0, maxLogit: 1 } },
      'weights.difference: expected for float16 and int8 alone, got precision float32 with it',
    ],
    [{ 'weights.difference': { maxLogitDifference: -1, maxLogit: 1 } }, /^weights.difference.maxLogitDifference/],
    [{ 'weights.file': '../model.safetensors' }, /^weights.file: expected "model.safetensors"/],
    [{ 'thresholds.uncertain': [0.6, 0.4] }, 'thresholds.uncertain: expected two thresholds in ascending order'],
    [{ 'thresholds.labels': { eyes: 0.5 } }, 'thresholds.labels.eyes: is no label of labelGraph'],
    [{ 'knownAnswer.logits': [1] }, 'knownAnswer.logits: expected 10 numbers, one a label, got 1'],
    [
      { 'labelGraph.primary.prompt': 'A face' },
      /^labelGraph.primary.prompt: expected a sentence that contains \{label\}/,
    ],
    [{ 'labelGraph.local.labels.0': 'hair' }, /^labelGraph.global.labels.identity.0: expected one of local.labels/],
    [{ 'input.std': [0, 1, 1] }, /^input.std.0: expected >0, got 0/],
    [{ 'input.mean': [0, 1] }, /^input.mean/],
    [{ 'calibration.kind': 'isotonic' }, /^calibration.kind: expected/],
    [{ 'calibration.slope': 1 }, 'calibration.slope: unknown key'],
    [{ extra: 1 }, 'extra: unknown key'],
  ])('refuses %o', (changes, problem) => {
    expect(problemsWith(manifest, changes)).toContainEqual(
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
  });

  it('reports all problems at once', () => {
    const changes = { version: 3, name: '', 'labelGraph.primary.label': '9', 'weights.bytes': 0, a: 1, b: 2 };
    expect(problemsWith(manifest, changes)).toHaveLength(6);
  });
});
