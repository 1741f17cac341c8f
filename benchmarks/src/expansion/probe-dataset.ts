import { join } from 'node:path';
import type { DatasetRow } from '@sofd/core';
import { openDataset } from '@sofd/dataset/node';
import { type BootstrapInterval, probeFeatures } from '@sofd/evaluation';
import { readTrivialFeatures, trivialFeatureNames } from './trivial-features.js';

/** Above this a detector could score by trivial features. */
export const trivialBar = 0.55;

type Row = Pick<DatasetRow, 'id' | 'file_name' | 'mode' | 'label' | 'identity'>;

interface MeasuredRow extends Row {
  readonly features: readonly number[];
}

/** How well trivial features tell some images from others. */
export interface TrivialProbe {
  /** As `original or region-swap`. */
  readonly name: string;
  readonly rows: number;
  readonly people: number;
  readonly auc: number;
  /** 95 %, by person. */
  readonly interval: readonly [number, number];
  /** Whether the AUC is at most {@link trivialBar}. */
  readonly met: boolean;
  /** The AUC that each feature has alone. */
  readonly alone: Readonly<Record<string, number>>;
}

function probe(features: readonly (readonly number[])[], labels: readonly number[], rows: readonly Row[]) {
  const groups = rows.map(({ identity }) => identity);
  return (resamples: number): BootstrapInterval =>
    probeFeatures({ features, labels, groups }, { seed: 'trivial', resamples });
}

/** Tells rows of one kind from the others; null where there is only one kind. */
function probeRows(name: string, rows: readonly MeasuredRow[], isPositive: (row: Row) => boolean): TrivialProbe | null {
  const labels = rows.map((row) => Number(isPositive(row)));
  if (new Set(labels).size < 2) return null;
  const all = rows.map(({ features }) => features);
  const { estimate, interval, groups } = probe(all, labels, rows)(1000);
  const alone = trivialFeatureNames.map((feature, k) => {
    const own = all.map((values) => [values[k]!]);
    return [feature, probe(own, labels, rows)(1).estimate] as const;
  });
  return {
    ...{ name, rows: rows.length, people: groups, auc: estimate, interval, met: estimate <= trivialBar },
    alone: Object.fromEntries(alone),
  };
}

/**
 * Probes an expanded folder: originals against each mode, against all modes, and real rows against fake ones.
 *
 * @param folder - a data set that `sofd expand` wrote
 * @throws DatasetError where it is not whole
 */
export async function probeDataset(folder: string): Promise<readonly TrivialProbe[]> {
  const dataset = await openDataset(folder);
  const rows: MeasuredRow[] = [];
  for (const row of dataset.rows)
    rows.push({ ...row, features: await readTrivialFeatures(join(folder, row.file_name)) });
  const modes = [...new Set(rows.map(({ mode }) => mode))].filter((mode) => mode !== 'original').sort();
  const isExpanded = ({ mode }: Row) => mode !== 'original';
  const probes = [
    probeRows('original or expanded', rows, isExpanded),
    ...modes.map((mode) =>
      probeRows(
        `original or ${mode}`,
        rows.filter((row) => !isExpanded(row) || row.mode === mode),
        isExpanded,
      ),
    ),
    probeRows('real or fake', rows, ({ label }) => label === 'fake'),
  ];
  return probes.filter((one) => one !== null);
}
