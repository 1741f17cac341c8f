import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { type CheckpointManifest, parseOptions } from '@sofd/core';
import { expansionRegions } from '@sofd/dataset';
import { augmentationNames } from '@sofd/dataset/node';
import * as v from 'valibot';
import { CommandError } from '../command-error.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const text = v.pipe(v.string(), v.nonEmpty());

/** How `photographs` become a data set; what is left out is as in `sofd expand`. */
const expandSchema = v.strictObject({
  /** Images that each mode makes of a face. */
  perFace: v.optional(count, 3),
  modes: v.optional(v.array(text)),
  regions: v.optional(v.array(v.picklist(expansionRegions))),
  annotation: v.optional(v.picklist(['training', 'graph']), 'training'),
  identityThreshold: v.optional(v.number()),
  cropSize: v.optional(count),
  minQuality: v.optional(share),
  minAge: v.optional(v.pipe(v.number(), v.minValue(0))),
  /** Of the data set alone: runs of several seeds have the same data. */
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 1),
});

const dataSchema = v.pipe(
  v.strictObject({
    /** A data set that `sofd expand` made, relative to the experiment file. */
    folder: v.optional(text),
    /** A folder of photographs, or a list of folders and files, from which a data set is made; `npm:PACKAGE/PATH` is a place in an installed package. */
    photographs: v.optional(v.union([text, v.pipe(v.array(text), v.minLength(1))])),
    expand: v.optional(expandSchema),
    /** Share of the training people that judge the task weights instead of being trained on; or the training list in another order, as the released code does. */
    heldOut: v.optional(v.union([v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), v.literal('reshuffle')]), 0.2),
    augment: v.optional(v.picklist(augmentationNames)),
    licence: v.optional(v.strictObject({ weights: v.string(), data: v.string(), note: v.string() }), {
      weights: 'unstated',
      data: 'unstated',
      note: 'The licence of trained weights follows from the photographs they were trained on; state it before sharing them.',
    }),
  }),
  v.check(
    ({ folder, photographs }) => (folder === undefined) !== (photographs === undefined),
    'expected either folder, a data set, or photographs to make one of',
  ),
  v.check(
    ({ expand, folder }) => expand === undefined || folder === undefined,
    'expected no expand beside folder, whose images are made already',
  ),
);

/** `data` of an experiment file, complete: plain JSON. */
export type DataOptions = v.InferOutput<typeof dataSchema>;
/** How photographs become a data set. */
export type ExpandSettings = v.InferOutput<typeof expandSchema>;

/** Where an experiment's data lie and how people are parted. */
export interface ExperimentData {
  readonly source:
    | { readonly kind: 'dataset'; readonly folder: string }
    | { readonly kind: 'photographs'; readonly paths: readonly string[]; readonly expand: ExpandSettings };
  readonly heldOut: DataOptions['heldOut'];
  /** What training images go through; as the loader has it where nothing is said. */
  readonly augment: DataOptions['augment'];
  /** Terms of the weights, which follow from those of the photographs; they stand in the checkpoint. */
  readonly licence: CheckpointManifest['licence'];
}

/**
 * Checks `data` of an experiment file.
 *
 * @throws {InvalidOptionError} naming every wrong or unknown key
 */
export const parseData = (data: unknown, where: string): DataOptions =>
  parseOptions(dataSchema, data, `${where}: data`);

/** `npm:@scope/name/path`: a place in a package that is installed where the experiment file is. */
function locate(path: string, experimentFile: string): string {
  const [, name, rest = ''] = /^npm:((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(path) ?? [];
  if (name === undefined) return resolve(dirname(experimentFile), path);
  try {
    return resolve(dirname(createRequire(experimentFile).resolve(`${name}/package.json`)), rest);
  } catch (cause) {
    throw new CommandError(
      `train: expected the npm package ${name} beside ${experimentFile}, got none; install it there: npm install ${name}.`,
      { cause },
    );
  }
}

/** Turns the paths of `data` into absolute ones. */
export function locateData(
  { folder, photographs, expand, ...rest }: DataOptions,
  experimentFile: string,
): ExperimentData {
  if (folder !== undefined)
    return { ...rest, augment: rest.augment, source: { kind: 'dataset', folder: locate(folder, experimentFile) } };
  const paths = [photographs ?? []].flat().map((path) => locate(path, experimentFile));
  for (const path of paths) assertPresent(path);
  const settings = expand ?? v.parse(expandSchema, {});
  return { ...rest, augment: rest.augment, source: { kind: 'photographs', paths, expand: settings } };
}

function assertPresent(path: string): void {
  try {
    readdirSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return;
    throw new CommandError(`train: expected photographs at ${path}, got none; correct data.photographs.`, { cause });
  }
}
