import type { DatasetRow, SplitName } from '@sofd/core';
import { compareText } from '../compare-text.js';
import { splitNames } from '../identity/split-by-group.js';
import { computeDigest } from './compute-digest.js';
import { type DatasetInfo, datasetFormat, infoFile } from './dataset-info.js';
import { type ExpandRecipe, hashJson } from './expand-recipe.js';
import type { MeasureJob } from './jobs/expand-job.js';
import type { MadeImages } from './jobs/make-images.js';
import { measureRows } from './measure-rows.js';
import type { ExpansionPlan, FoundInput } from './plan-expansion.js';
import type { ExpandInput } from './read-input.js';
import { requireResult, workPaths, writeWhole } from './work-folder.js';
import { countModes, writeRows } from './write-rows.js';

/** What the data set is compacted from. */
interface DatasetParts {
  readonly work: string;
  readonly recipe: ExpandRecipe;
  readonly input: ExpandInput;
  readonly found: FoundInput;
  readonly plan: ExpansionPlan;
  readonly measureJobs: readonly MeasureJob[];
}

async function readMade({ work, plan }: DatasetParts) {
  const rows: DatasetRow[] = [];
  const hashes = new Map<string, string>();
  for (const { key } of plan.jobs) {
    const made = await requireResult<MadeImages>(work, key);
    rows.push(...made.rows);
    for (const [path, hash] of Object.entries(made.hashes)) hashes.set(path, hash);
  }
  return { rows: rows.sort((a, b) => compareText(a.id, b.id)), hashes };
}

function describeDataset(
  { recipe, input, found, plan }: DatasetParts,
  {
    rows,
    digest,
    measurement,
  }: {
    readonly rows: readonly DatasetRow[];
    readonly digest: string;
    readonly measurement: DatasetInfo['measurement'];
  },
): DatasetInfo {
  const { find, seed, labelGraph, annotation, modes, regions, perFace, identityThreshold, fractions } = recipe;
  const { source, title, problems } = input.listing;
  const { cropSize, minEyeDistance, minQuality, minAge, frames } = find;
  const splitInfo = (split: SplitName) => {
    const own = rows.filter((row) => row.split === split);
    return { rows: own.length, modes: countModes(own), identities: plan.identities[split] };
  };
  return {
    format: datasetFormat,
    version: 2,
    seed,
    crop: { version: find.crop, size: cropSize },
    labelGraph,
    annotation: annotation.name,
    source: { name: source, title, problems },
    recipe: { modes, regions, perFace, frames, minEyeDistance, minQuality, minAge, identityThreshold, fractions },
    counts: {
      items: found.read,
      faces: found.faces.length,
      identities: splitNames.reduce((sum, split) => sum + plan.identities[split].length, 0),
      rows: rows.length,
      real: rows.filter(({ label }) => label === 'real').length,
      fake: rows.filter(({ label }) => label === 'fake').length,
    },
    splits: { train: splitInfo('train'), validation: splitInfo('validation'), test: splitInfo('test') },
    skipped: [...input.skipped, ...found.skipped, ...plan.skipped],
    ...(plan.conflicts.length > 0 ? { conflicts: plan.conflicts } : {}),
    measurement,
    digest,
    madeFrom: { input: input.digest, recipe: hashJson(recipe) },
  };
}

/**
 * Compacts the results of all jobs: rows, and the data set's description.
 *
 * @returns the description, which is written last: where it lies, the data set is whole
 */
export async function writeDataset(parts: DatasetParts): Promise<DatasetInfo> {
  const { rows: made, hashes } = await readMade(parts);
  const { rows, measurement } = await measureRows(made, { ...parts, jobs: parts.measureJobs });
  for (const [path, hash] of await writeRows(parts.work, rows)) hashes.set(path, hash);
  const info = describeDataset(parts, { rows, measurement, digest: computeDigest(hashes) });
  await writeWhole(parts.work, `${workPaths.data}/${infoFile}`, `${JSON.stringify(info, null, 2)}\n`);
  return info;
}
