import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import * as core from '@sofd/core';
import { InvalidOptionError, parseOptions } from '@sofd/core';
import * as evaluation from '@sofd/evaluation';
import * as model from '@sofd/model';
import * as tensor from '@sofd/tensor';
import * as trainer from '@sofd/trainer';
import { defineExperiment, type Experiment, type ExperimentOverrides } from '@sofd/trainer';
import { createJiti } from 'jiti';
import * as v from 'valibot';
import { CommandError } from '../command-error.js';
import { applySettings, type ExperimentSettings } from './apply-settings.js';
import { type ExperimentData, locateData, parseData } from './experiment-data.js';

/** An experiment and its data, checked. */
export interface ExperimentFile {
  /** The name of the file, without its ending. */
  readonly label: string;
  /** Complete, `data` included: plain JSON. */
  readonly experiment: Experiment;
  readonly overrides: ExperimentOverrides;
  readonly data: ExperimentData;
  /** Folder of the checkpoint that training starts from, absolute. */
  readonly initialCheckpoint?: string;
}

/** The packages that an experiment file may import: this program's own, so that there is one engine and one of each class. */
const virtualModules = {
  '@sofd/core': core,
  '@sofd/evaluation': evaluation,
  '@sofd/model': model,
  '@sofd/tensor': tensor,
  '@sofd/trainer': trainer,
};

const overridesSchema = v.strictObject({
  weighting: v.optional(
    v.custom<NonNullable<ExperimentOverrides['weighting']>>(
      (value) => typeof value === 'object' && value !== null && 'update' in value && 'name' in value,
      'expected a TaskWeighting',
    ),
  ),
  loss: v.optional(v.function()),
  evaluate: v.optional(v.function()),
});

interface FileContent {
  readonly experiment: unknown;
  readonly overrides?: unknown;
}

async function readModule(path: string): Promise<FileContent> {
  if (extname(path) === '.json') return { experiment: JSON.parse(await readFile(path, 'utf8')) };
  const jiti = createJiti(import.meta.url, { virtualModules });
  const loaded = (await jiti.import(path)) as Record<string, unknown>;
  if (!('experiment' in loaded))
    throw new InvalidOptionError(
      `${path}: expected an export named experiment, got ${Object.keys(loaded).join(', ') || 'none'}; write export const experiment = defineExperiment({ ... }).`,
    );
  return { experiment: loaded.experiment, overrides: loaded.overrides };
}

async function readContent(path: string, file: string): Promise<FileContent> {
  try {
    return await readModule(path);
  } catch (cause) {
    if (InvalidOptionError.isInstance(cause)) throw cause;
    throw new CommandError(
      `train: expected an experiment file, got ${file} that cannot be read (${cause instanceof Error ? cause.message : String(cause)}); check the path and the file's syntax.`,
      { cause },
    );
  }
}

/**
 * Reads an experiment: JSON, or a module (.mjs, .ts) that exports `experiment` and perhaps `overrides`.
 *
 * @param file - the path
 * @param settings - keys that the command line sets
 * @throws {CommandError} when the file cannot be read
 * @throws {InvalidOptionError} naming every wrong or unknown key
 */
export async function readExperimentFile(file: string, settings: ExperimentSettings = {}): Promise<ExperimentFile> {
  const path = resolve(file);
  const content = await readContent(path, file);
  const written = applySettings(content.experiment, settings, file);
  const { data: given, ...rest } = defineExperiment(written as Parameters<typeof defineExperiment>[0]);
  const data = parseData(given, file);
  const overrides = parseOptions(overridesSchema, content.overrides ?? {}, `${file}: overrides`);
  const { initialCheckpoint } = rest;
  return {
    label: basename(path, extname(path)),
    experiment: { ...rest, data },
    overrides: overrides as ExperimentOverrides,
    data: locateData(data, path),
    ...(initialCheckpoint === undefined ? {} : { initialCheckpoint: resolve(dirname(path), initialCheckpoint) }),
  };
}
