import { CheckpointFormatError, parseWith } from '@sofd/core';
import type { WeightArray, WeightArrays } from '@sofd/model';
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '@sofd/tensor';
import * as v from 'valibot';
import type { ValidationRecord } from '../train/validations.js';

/**
 * All that a run needs to continue as if it had never stopped, off the device. Batches and random numbers are functions of
 * the seed and the step, so the step stands for where both are.
 */
export interface RunState {
  /** Steps done. */
  readonly step: number;
  /** The parameters that train. */
  readonly trainable: WeightArrays;
  /** AdamW's memory, and the average of the parameters where the run keeps one. */
  readonly optimizer: {
    readonly step: number;
    readonly m: WeightArrays;
    readonly v: WeightArrays;
    readonly ema?: WeightArrays;
  };
  /** The task weighting and its state. */
  readonly weighting: { readonly name: string; readonly state: unknown };
  /** What validation gave so far. */
  readonly validations: readonly ValidationRecord[];
}

const metadataSchema = v.strictObject({
  format: v.literal('sofd-run-state'),
  version: v.literal(2),
  step: v.number(),
  optimizerStep: v.number(),
  weighting: v.strictObject({ name: v.string(), state: v.unknown() }),
  // JSON has no NaN: a metric that could not be computed is null.
  validations: v.array(v.strictObject({ step: v.number(), metrics: v.record(v.string(), v.nullable(v.number())) })),
});

const parts = ['trainable', 'm', 'v', 'ema'] as const;

/**
 * A run's state as one safetensors file, numbers bit for bit; what is not a tensor is JSON in its header.
 *
 * @param state - the state
 * @returns the bytes
 */
export function encodeRunState(state: RunState): Uint8Array {
  const { step, m, v: squares, ema = {} } = state.optimizer;
  const groups = { trainable: state.trainable, m, v: squares, ema };
  const tensors: Record<string, SafetensorsTensor> = {};
  for (const part of parts) {
    for (const [name, { shape, data }] of Object.entries(groups[part])) {
      tensors[`${part}/${name}`] = { dtype: 'F32', shape, data };
    }
  }
  const metadata = {
    format: 'sofd-run-state',
    version: 2,
    step: state.step,
    optimizerStep: step,
    weighting: state.weighting,
    validations: state.validations,
  };
  return encodeSafetensors(tensors, { run: JSON.stringify(metadata) });
}

function parseMetadata(text: string | undefined) {
  let json: unknown;
  try {
    json = JSON.parse(text ?? '');
  } catch (cause) {
    throw new CheckpointFormatError(
      'decodeRunState: expected the JSON of a run in the header, got something else; give a file that sofd train wrote.',
      { cause },
    );
  }
  return parseWith(metadataSchema, json, 'run state', CheckpointFormatError);
}

/**
 * Reads what {@link encodeRunState} wrote.
 *
 * @param bytes - the file
 * @returns the state
 * @throws CheckpointFormatError for anything else
 */
export function decodeRunState(bytes: Uint8Array): RunState {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { step, optimizerStep, weighting, validations } = parseMetadata(metadata.run);
  const groups: Record<(typeof parts)[number], Record<string, WeightArray>> = { trainable: {}, m: {}, v: {}, ema: {} };
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const part = parts.find((candidate) => name.startsWith(`${candidate}/`));
    if (part === undefined || !(data instanceof Float32Array)) {
      throw new CheckpointFormatError(
        `decodeRunState: expected float32 tensors of parameters and optimizer, got ${name}; give a file that sofd train wrote.`,
      );
    }
    groups[part][name.slice(part.length + 1)] = { shape, data };
  }
  const { trainable, m, v: squares, ema } = groups;
  return {
    step,
    trainable,
    optimizer: { step: optimizerStep, m, v: squares, ...(Object.keys(ema).length > 0 ? { ema } : {}) },
    weighting: { name: weighting.name, state: weighting.state },
    validations: validations.map(({ step: at, metrics }) => ({
      step: at,
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value ?? Number.NaN])),
    })),
  };
}
