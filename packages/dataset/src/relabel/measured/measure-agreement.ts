import type { DatasetRow } from '@sofd/core';
import type { EvidenceTable } from './evidence.js';

/** How nominal and measured labels agree for one label. */
export interface LabelAgreement {
  readonly label: string;
  /** Rows with the label by rule and by measurement. */
  readonly both: number;
  /** Rows with the label by rule alone. */
  readonly nominalOnly: number;
  /** Rows with the label by measurement alone. */
  readonly measuredOnly: number;
  readonly neither: number;
  /** Rows that the measurement left undecided; counted nowhere else. */
  readonly undecided: number;
  /** Part of the decided rows in which the two agree, 0..1; `null` without decided rows. */
  readonly agreement: number | null;
  /** Wilson's 95 % interval of the agreement, as if rows were independent: rows of one person are not, so that it is rather too narrow. */
  readonly interval: readonly [number, number] | null;
  /** Cohen's kappa: 1 full agreement, 0 that of chance; `null` where chance alone gives full agreement. */
  readonly kappa: number | null;
}

/** Two-sided 95 % point of the standard normal distribution. */
const z = 1.959964;

function computeWilson(hits: number, count: number): readonly [number, number] {
  const share = hits / count;
  const scale = 1 + z ** 2 / count;
  const centre = (share + z ** 2 / (2 * count)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

type Counts = Pick<LabelAgreement, 'both' | 'nominalOnly' | 'measuredOnly' | 'neither'>;

function computeKappa({ both, nominalOnly, measuredOnly, neither }: Counts): number | null {
  const count = both + nominalOnly + measuredOnly + neither;
  const nominal = (both + nominalOnly) / count;
  const measured = (both + measuredOnly) / count;
  const chance = nominal * measured + (1 - nominal) * (1 - measured);
  return chance === 1 ? null : ((both + neither) / count - chance) / (1 - chance);
}

function compareLabel(label: string, rows: readonly MeasuredRow[]): LabelAgreement {
  const counts = { both: 0, nominalOnly: 0, measuredOnly: 0, neither: 0, undecided: 0 };
  for (const { altered, measured } of rows) {
    const isNominal = altered.includes(label);
    if (measured.undecided.includes(label)) counts.undecided++;
    else if (measured.supported.includes(label)) counts[isNominal ? 'both' : 'measuredOnly']++;
    else counts[isNominal ? 'nominalOnly' : 'neither']++;
  }
  const agreeing = counts.both + counts.neither;
  const decided = rows.length - counts.undecided;
  if (decided === 0) return { label, ...counts, agreement: null, interval: null, kappa: null };
  const interval = computeWilson(agreeing, decided);
  return { label, ...counts, agreement: agreeing / decided, interval, kappa: computeKappa(counts) };
}

type MeasuredRow = Pick<DatasetRow, 'altered'> & { readonly measured: NonNullable<DatasetRow['measured']> };

/**
 * Compares the labels that images have by rule with those that the measurement supports.
 *
 * @param rows of a data set; those that were not measured are left out
 * @param options labels in order, as those of a label graph, and the evidence: a label without any has no agreement
 * @returns one entry a label
 *
 * @see J. Cohen, "A Coefficient of Agreement for Nominal Scales", 1960
 * @see E. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927
 */
export function measureAgreement(
  rows: readonly Pick<DatasetRow, 'altered' | 'measured'>[],
  { labels, evidence }: { readonly labels: readonly string[]; readonly evidence: EvidenceTable },
): LabelAgreement[] {
  const measured = rows.filter((row): row is MeasuredRow => row.measured !== null);
  return labels.filter((label) => evidence[label] !== undefined).map((label) => compareLabel(label, measured));
}
