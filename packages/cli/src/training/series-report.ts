import type { ReportSection } from '@sofd/evaluation/report';
import { formatTable } from '../format-table.js';
import type { SeriesSummary } from './series-summary.js';

type Interval = readonly [number, number] | null;

const format = (value: number | null): string => value?.toFixed(3) ?? '-';
const formatSigned = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
const formatInterval = (interval: Interval, one: (value: number) => string = format): string =>
  interval === null ? '-' : `${one(interval[0])}..${one(interval[1])}`;

/** Whether the people leave open which of two is better. */
const isOpen = ([low, high]: readonly [number, number]): boolean => low <= 0 && high >= 0;

interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a series, for the terminal and for the page. */
function listTables({ experiments, differences }: SeriesSummary): readonly Table[] {
  const runs = experiments.flatMap(({ experiment, runs: members }) =>
    members.map(({ seed, steps, validation, auc, folder }) => [
      ...[experiment, String(seed), String(steps), format(validation)],
      ...[format(auc), folder],
    ]),
  );
  const means = experiments.map(({ experiment, runs: members, auc, peopleInterval, seedInterval }) => [
    ...[experiment, String(members.length), format(auc)],
    ...[formatInterval(peopleInterval), formatInterval(seedInterval)],
  ]);
  const gains = differences.map(({ experiment, against, auc, peopleInterval, seedInterval }) => [
    ...[`${experiment} - ${against}`, formatSigned(auc), formatInterval(peopleInterval, formatSigned)],
    ...[formatInterval(seedInterval, formatSigned), isOpen(peopleInterval) ? 'not told from 0' : 'clear'],
  ]);
  const tables = [
    { title: 'Runs', columns: ['run', 'seed', 'steps', 'best validation', 'test AUC', 'folder'], rows: runs },
    { title: 'Test AUC', columns: ['experiment', 'seeds', 'mean', '95 % by people', '95 % by seeds'], rows: means },
    {
      title: 'Differences',
      columns: ['difference', 'test AUC', '95 % by people', '95 % by seeds', 'verdict'],
      rows: gains,
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

/**
 * What a series came to, for a person.
 *
 * @param summary - of the series
 * @param page - where its page is
 * @returns lines
 */
export const describeSeries = (summary: SeriesSummary, page: string): readonly string[] => [
  ...listTables(summary).flatMap(({ columns, rows }) => ['', ...formatTable(columns, rows)]),
  '',
  summary.procedure,
  `See ${page}`,
];

/**
 * Draws a series as one self-contained HTML file.
 *
 * @param summary - of the series
 */
export async function renderSeries(summary: SeriesSummary): Promise<string> {
  const { experiments, images, people, dataset, level } = summary;
  const { renderReport } = await import('@sofd/evaluation/report');
  const sections: ReportSection[] = [
    {
      kind: 'overview',
      figures: experiments.map(({ experiment, auc, peopleInterval, runs }) => ({
        label: experiment,
        value: auc,
        digits: 3,
        interval: peopleInterval,
        level,
        scale: [0, 0.5, 1],
        note: `mean of ${runs.length} ${runs.length === 1 ? 'seed' : 'seeds'}`,
      })),
      facts: [
        { label: 'Test people', value: `${people}, ${images} images` },
        { label: 'Data set', value: dataset.slice(0, 16) },
      ],
    },
    ...listTables(summary).map((table) => ({ kind: 'table' as const, ...table })),
  ];
  return await renderReport({
    title: experiments.map(({ experiment }) => experiment).join(' and '),
    subtitle: 'Runs on the same data',
    summary: [summary.procedure],
    sections,
  });
}
