import * as v from 'valibot';
import { type LabelGraphDefinition, labelGraphDefinitionSchema } from '../label-graph/index.js';

/** Turns a raw probability of fake into a calibrated one. */
export type Calibration =
  | { kind: 'identity' }
  /** sigmoid(scale · logit(p) + bias) of p(fake). */
  | { kind: 'platt'; scale: number; bias: number };

/**
 * How the weights of a checkpoint are stored, from the most exact to the smallest.
 *
 * - `float32`: as they were computed
 * - `float16`: matrices as the nearest half-precision numbers, ties to even
 * - `int8`: matrices as whole numbers q from -127 to 127, w = scale · q, with a float32 scale for each index of the last
 *   dimension that is longer than one: the greatest size there / 127. For a matrix [inputs, outputs] that is one for each output,
 *   for a depthwise kernel [height, width, channels, 1] one for each channel
 *
 * Matrices are the parameters with two dimensions or more. Vectors, the text embeddings and the input of the known answer
 * are float32 always. Whoever loads a checkpoint computes with float32.
 */
export const weightPrecisions = ['float32', 'float16', 'int8'] as const;

/** One of {@link weightPrecisions}. */
export type WeightPrecision = (typeof weightPrecisions)[number];

/** `manifest.json` of a checkpoint folder: all that a detector has to know about the weights beside it. */
export interface CheckpointManifest {
  format: 'sofd-checkpoint';
  version: 1;
  name: string;
  /** Package and version that wrote it: `'@sofd/model 0.0.0'`. */
  createdBy: string;
  labelGraph: LabelGraphDefinition;
  /** The model's configuration; `@sofd/model` checks it. */
  model: Record<string, unknown>;
  /** The name of the [labels, dim] tensor in `model.safetensors`. */
  textEmbeddings: { tensor: string };
  input: {
    /** Width and height in pixels. */
    imageSize: number;
    /** The version of the face crop: `'arcface-1.3/v1'`. */
    crop: string;
    resize: 'bicubic-antialias';
    /** Per channel, of values in [0, 1]; RGB. */
    mean: [number, number, number];
    /** Per channel, of values in [0, 1]; RGB; positive. */
    std: [number, number, number];
  };
  calibration: Calibration;
  thresholds: {
    /** A calibrated p(fake) of at least this is fake; in [0, 1]. */
    fake: number;
    /** Between these, ends included, the verdict is `uncertain`; ascending, in [0, 1]. */
    uncertain?: [number, number] | undefined;
    /** By label, in [0, 1]. */
    labels: Record<string, number>;
  };
  licence: { weights: string; data: string; note: string };
  /** How it was trained: seed, steps, digest of the data, engine, losses. */
  training: Record<string, unknown>;
  /** How well it did, if that was measured. */
  evaluation?: Record<string, unknown> | undefined;
  weights: {
    file: 'model.safetensors';
    /** 64 hexadecimal digits, small letters. */
    sha256: string;
    bytes: number;
    /** How they are stored; float32 where it is left out. */
    precision?: WeightPrecision | undefined;
    /** What storing them shorter than float32 changes in the known answer; there for these precisions alone. */
    difference?:
      | {
          /** The greatest absolute difference between a logit and that of the float32 weights. */
          maxLogitDifference: number;
          /** The greatest absolute logit of the float32 weights. */
          maxLogit: number;
        }
      | undefined;
  };
  /** An input and what the model answered when it was written; a loader repeats it before it trusts an engine. */
  knownAnswer: {
    input: { tensor: string };
    /** Of the weights as they are stored, with text embeddings of the weights before they were shortened; [1, labels]. */
    logits: number[];
    /** The largest difference that is accepted. */
    tolerance: number;
  };
}

const text = v.pipe(v.string(), v.nonEmpty());
const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const size = v.pipe(finite, v.minValue(0));
const probability = v.pipe(finite, v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const record = v.record(v.string(), v.unknown());

const calibration = v.variant('kind', [
  v.strictObject({ kind: v.literal('identity') }),
  v.strictObject({ kind: v.literal('platt'), scale: finite, bias: finite }),
]);

const thresholds = v.strictObject({
  fake: probability,
  uncertain: v.optional(
    v.pipe(
      v.strictTuple([probability, probability]),
      v.check(([low, high]) => low <= high, 'expected two thresholds in ascending order'),
    ),
  ),
  labels: v.record(v.string(), probability),
});

const shape = v.strictObject({
  format: v.literal('sofd-checkpoint'),
  version: v.literal(1),
  name: text,
  createdBy: text,
  labelGraph: labelGraphDefinitionSchema,
  model: record,
  textEmbeddings: v.strictObject({ tensor: text }),
  input: v.strictObject({
    imageSize: count,
    crop: text,
    resize: v.literal('bicubic-antialias'),
    mean: v.strictTuple([finite, finite, finite]),
    std: v.strictTuple([positive, positive, positive]),
  }),
  calibration,
  thresholds,
  licence: v.strictObject({ weights: text, data: text, note: v.string() }),
  training: record,
  evaluation: v.optional(record),
  weights: v.strictObject({
    file: v.literal('model.safetensors'),
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')),
    bytes: count,
    precision: v.optional(v.picklist(weightPrecisions)),
    difference: v.optional(v.strictObject({ maxLogitDifference: size, maxLogit: size })),
  }),
  knownAnswer: v.strictObject({
    input: v.strictObject({ tensor: text }),
    logits: v.pipe(v.array(finite), v.nonEmpty()),
    tolerance: positive,
  }),
});

/** The labels of a graph that is known to be right. */
const labelsOf = ({ primary, global, local }: LabelGraphDefinition): readonly string[] => [
  primary.label,
  ...Object.keys(global.labels),
  ...local.labels,
];

/** Checks `manifest.json`, also that thresholds and known answer fit the graph. */
export const checkpointManifestSchema: v.GenericSchema<unknown, CheckpointManifest> = v.pipe(
  shape,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { labelGraph, thresholds: limits, weights, knownAnswer } = dataset.value;
    const { precision = 'float32', difference } = weights;
    if ((precision === 'float32') !== (difference === undefined))
      addIssue({
        message: `weights.difference: expected for float16 and int8 alone, got precision ${precision} ${difference ? 'with' : 'without'} it`,
      });
    const labels = labelsOf(labelGraph);
    for (const name of Object.keys(limits.labels))
      if (!labels.includes(name)) addIssue({ message: `thresholds.labels.${name}: is no label of labelGraph` });
    if (knownAnswer.logits.length !== labels.length)
      addIssue({
        message: `knownAnswer.logits: expected ${labels.length} numbers, one a label, got ${knownAnswer.logits.length}`,
      });
  }),
);
