import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { type CheckpointManifest, InvalidOptionError, parseOptions } from '@sofd/core';
import { defineExperiment, type Experiment } from '@sofd/trainer';
import { createJiti } from 'jiti';
import * as v from 'valibot';
import { CommandError } from '../command-error.js';

/** Where an experiment's data lie and how people are parted. */
export interface ExperimentData {
  /** Data set folder, absolute. */
  readonly folder: string;
  /** Share of the training people that judge the task weights instead of being trained on. */
  readonly heldOut: number;
  /** Terms of the weights, which follow from those of the photographs; they stand in the checkpoint. */
  readonly licence: CheckpointManifest['licence'];
}

/** An experiment and its data, checked. */
export interface ExperimentFile {
  readonly experiment: Experiment;
  readonly data: ExperimentData;
  /** Folder of the checkpoint that training starts from, absolute. */
  readonly initialCheckpoint?: string;
}

const dataSchema = v.strictObject({
  /** Relative to the experiment file. */
  folder: v.pipe(v.string(), v.nonEmpty()),
  heldOut: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.2),
  licence: v.optional(v.strictObject({ weights: v.string(), data: v.string(), note: v.string() }), {
    weights: 'unstated',
    data: 'unstated',
    note: 'The licence of trained weights follows from the photographs they were trained on; state it before sharing them.',
  }),
});

async function readModule(path: string): Promise<unknown> {
  if (extname(path) === '.json') return JSON.parse(await readFile(path, 'utf8'));
  const loaded = (await createJiti(import.meta.url).import(path)) as Record<string, unknown>;
  if (!('experiment' in loaded))
    throw new InvalidOptionError(
      `${path}: expected an export named experiment, got ${Object.keys(loaded).join(', ') || 'none'}; write export const experiment = defineExperiment({ ... }).`,
    );
  return loaded.experiment;
}

/**
 * Reads an experiment: JSON, or a module (.mjs, .ts) that exports `experiment`.
 *
 * @throws {CommandError} when the file cannot be read
 * @throws {InvalidOptionError} naming every wrong or unknown key
 */
export async function readExperimentFile(file: string): Promise<ExperimentFile> {
  const path = resolve(file);
  let content: unknown;
  try {
    content = await readModule(path);
  } catch (cause) {
    if (cause instanceof InvalidOptionError) throw cause;
    throw new CommandError(
      `train: expected an experiment file, got ${file} that cannot be read (${cause instanceof Error ? cause.message : String(cause)}); check the path and the file's syntax.`,
      { cause },
    );
  }
  const experiment = defineExperiment(content as Parameters<typeof defineExperiment>[0]);
  const { folder, ...rest } = parseOptions(dataSchema, experiment.data, `${file}: data`);
  const { initialCheckpoint } = experiment;
  return {
    experiment,
    data: { folder: resolve(dirname(path), folder), ...rest },
    ...(initialCheckpoint === undefined ? {} : { initialCheckpoint: resolve(dirname(path), initialCheckpoint) }),
  };
}
