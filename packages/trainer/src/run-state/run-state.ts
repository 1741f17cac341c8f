import { CheckpointFormatError, parseWith } from '@sofd/core';
import type { WeightArray, WeightArrays } from '@sofd/model';
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '@sofd/tensor';
import * as v from 'valibot';
import type { StepRecord } from '../train/step-record.js';

/** All that a run needs to continue as if it had never stopped, off the device. */
export interface RunState {
  /** Steps done. */
  readonly step: number;
  /** The parameters that train. */
  readonly trainable: WeightArrays;
  /** AdamW's memory. */
  readonly optimizer: { readonly step: number; readonly m: WeightArrays; readonly v: WeightArrays };
  /** The task weighting and its state. */
  readonly weighting: { readonly name: string; readonly state: unknown };
  /** A record of every step so far. */
  readonly history: readonly StepRecord[];
}

const finite = v.nullable(v.number());
const perTask = v.strictObject({ primary: finite, global: finite, local: finite });

const metadataSchema = v.strictObject({
  format: v.literal('sofd-run-state'),
  version: v.literal(1),
  step: v.number(),
  optimizerStep: v.number(),
  weighting: v.strictObject({ name: v.string(), state: v.unknown() }),
  history: v.array(
    v.strictObject({
      step: v.number(),
      epoch: v.number(),
      losses: perTask,
      taskWeights: perTask,
      learningRate: v.number(),
      validationAuc: v.optional(finite),
    }),
  ),
});

const parts = ['trainable', 'm', 'v'] as const;

/**
 * A run's state as one safetensors file, numbers bit for bit; what is not a tensor is JSON in its header.
 *
 * @param state - the state
 * @returns the bytes
 */
export function encodeRunState(state: RunState): Uint8Array {
  const groups = { trainable: state.trainable, m: state.optimizer.m, v: state.optimizer.v };
  const tensors: Record<string, SafetensorsTensor> = {};
  for (const part of parts) {
    for (const [name, { shape, data }] of Object.entries(groups[part])) {
      tensors[`${part}/${name}`] = { dtype: 'F32', shape, data };
    }
  }
  const metadata = {
    format: 'sofd-run-state',
    version: 1,
    step: state.step,
    optimizerStep: state.optimizer.step,
    weighting: state.weighting,
    history: state.history,
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
  const { step, optimizerStep, weighting, history } = parseMetadata(metadata.run);
  const groups: Record<(typeof parts)[number], Record<string, WeightArray>> = { trainable: {}, m: {}, v: {} };
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const part = parts.find((candidate) => name.startsWith(`${candidate}/`));
    if (part === undefined || !(data instanceof Float32Array)) {
      throw new CheckpointFormatError(
        `decodeRunState: expected float32 tensors of parameters and optimizer, got ${name}; give a file that sofd train wrote.`,
      );
    }
    groups[part][name.slice(part.length + 1)] = { shape, data };
  }
  return {
    step,
    trainable: groups.trainable,
    optimizer: { step: optimizerStep, m: groups.m, v: groups.v },
    weighting: { name: weighting.name, state: weighting.state },
    history: history as readonly StepRecord[],
  };
}
