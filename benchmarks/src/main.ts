import { readFile, writeFile } from 'node:fs/promises';
import { runBench } from './bench.js';
import { createComparisons, dispatchCounts, nameCount, nameEntry } from './comparisons.js';
import { type BenchOptions, createProgram } from './options.js';
import { describeMachine } from './results/machine.js';
import { describeProfile } from './results/profile-text.js';
import { insertReport } from './results/report.js';
import { formatTable } from './results/table.js';

const log = (line: string) => console.error(line);

async function bench({ only, threads, list, from, json, markdown, ...options }: BenchOptions): Promise<void> {
  const comparisons = createComparisons(threads).filter((comparison) =>
    comparison.entries.some((entry) => nameEntry(comparison, entry).includes(only)),
  );
  const counts = dispatchCounts.filter((count) => nameCount(count).includes(only));
  if (list) {
    for (const count of counts) console.log(nameCount(count));
    for (const comparison of comparisons)
      for (const entry of comparison.entries)
        console.log(`${nameEntry(comparison, entry)}, threads ${comparison.threads}`);
    return;
  }
  const results = from ? JSON.parse(await readFile(from, 'utf8')) : await runAndPrint();
  if (json) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  if (markdown) await writeFile(markdown, insertReport(await readFile(markdown, 'utf8'), results));

  async function runAndPrint() {
    const { peak, profiles, ...found } = await runBench({ comparisons, counts }, { ...options, log });
    console.log(formatTable(found.rows));
    for (const { name, profile } of profiles) console.log(['', name, ...describeProfile(profile)].join('\n'));
    for (const reason of found.absent) console.log(`\nabsent: ${reason}`);
    return { machine: describeMachine(peak), ...found };
  }
}

await createProgram(bench).parseAsync();
