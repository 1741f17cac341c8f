import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BenchPlan, runBench } from './bench.js';
import { createComparisons, dispatchCounts, nameCount, nameEntry } from './comparisons.js';
import { findStalePackages } from './find-stale-packages.js';
import { type BenchOptions, createProgram } from './options.js';
import { describeProfile } from './results/profile-text.js';
import { insertReport } from './results/report.js';
import type { Row } from './results/rows.js';
import { formatTable } from './results/table.js';

const log = (line: string) => console.error(line);

async function bench({ list, from, json, markdown, ...options }: BenchOptions): Promise<void> {
  const plan = createPlan(options);
  if (list) {
    for (const name of nameAll(plan)) console.log(name);
    return;
  }
  const rows: readonly Row[] = from ? JSON.parse(await readFile(from, 'utf8')) : await runAndPrint(plan, options);
  if (json) await writeFile(json, `${JSON.stringify(rows, null, 2)}\n`);
  if (markdown) await writeFile(markdown, insertReport(await readFile(markdown, 'utf8'), rows));
}

function createPlan({ only, threads }: Pick<BenchOptions, 'only' | 'threads'>): BenchPlan {
  const comparisons = createComparisons(threads).flatMap((comparison) => {
    const entries = comparison.entries.filter((entry) => nameEntry(comparison, entry).includes(only));
    return entries.length > 0 ? [{ ...comparison, entries }] : [];
  });
  return { comparisons, counts: dispatchCounts.filter((count) => nameCount(count).includes(only)) };
}

const nameAll = ({ comparisons, counts }: BenchPlan): readonly string[] => [
  ...comparisons.flatMap((comparison) =>
    comparison.entries.map((entry) => `${nameEntry(comparison, entry)}, threads ${comparison.threads}`),
  ),
  ...counts.map(nameCount),
];

async function runAndPrint(plan: BenchPlan, options: Omit<BenchOptions, 'list'>): Promise<readonly Row[]> {
  const stale = findStalePackages(fileURLToPath(new URL('../../packages/', import.meta.url)));
  if (stale.length > 0) log(`changed since they were built: ${stale.join(', ')}; pnpm build:js builds them.`);
  const { rows, absent } = await runBench(plan, { ...options, log });
  console.log(formatTable(rows));
  for (const { name, threads, profile } of rows)
    if (profile) console.log(['', `${name}, threads ${threads}`, ...describeProfile(profile)].join('\n'));
  for (const reason of absent) console.log(`\nabsent: ${reason}`);
  return rows;
}

await createProgram(bench).parseAsync();
