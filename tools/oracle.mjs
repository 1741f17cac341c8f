// `pnpm test:oracle`: the parity tests against the full fixture groups in SOFD_ORACLE, counted a group.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * The groups of a folder: every folder below it with a manifest, two levels deep, by its path.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function findGroups(folder) {
  const groups = [];
  const visit = (path, depth) => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      if (existsSync(join(folder, name, 'manifest.json'))) groups.push(name);
      else if (depth > 1) visit(name, depth - 1);
    }
  };
  visit('', 2);
  return groups.sort();
}

/**
 * Counts the outcomes in a report of vitest's JSON reporter by the titles `oracle <group> ...`.
 *
 * @param {{ testResults: { name: string, status: string, message?: string, assertionResults: { ancestorTitles: string[],
 *   title: string, status: string, failureMessages?: string[] }[] }[] }} report
 */
export function countByGroup(report) {
  /** @type {Map<string, { passed: number, failed: number, skipped: number }>} */
  const counts = new Map();
  /** @type {string[]} */
  const problems = [];
  for (const file of report.testResults) {
    const name = relative(root, file.name);
    for (const test of file.assertionResults) {
      const group = test.ancestorTitles.map((title) => /^oracle (\S+)/.exec(title)?.[1]).find(Boolean) ?? '(no group)';
      const count = counts.get(group) ?? { passed: 0, failed: 0, skipped: 0 };
      counts.set(group, count);
      if (test.status === 'passed') count.passed++;
      else if (test.status === 'failed') count.failed++;
      else count.skipped++;
      if (test.status === 'failed')
        problems.push(
          `${name}: ${[...test.ancestorTitles, test.title].join(' > ')}\n${test.failureMessages?.[0] ?? ''}`,
        );
    }
    // A file that could not be loaded, or a hook that failed, has no failed test of its own.
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
      problems.push(`${name}: could not be run\n${file.message ?? ''}`);
  }
  return { counts, problems };
}

/**
 * A line a group, and whether all is well: every group that tests cover was executed and passed.
 *
 * @param {string[]} groups what the folder has
 * @param {ReturnType<typeof countByGroup>} outcome
 */
export function judge(groups, { counts, problems }) {
  const lines = [];
  let ok = problems.length === 0;
  for (const group of groups) {
    const count = counts.get(group);
    if (count === undefined) lines.push(`${group}: no parity test`);
    else {
      const executed = count.passed + count.failed;
      const note = executed === 0 ? ' (no test was executed)' : count.skipped > 0 ? `, skipped ${count.skipped}` : '';
      lines.push(`${group}: passed ${count.passed}, failed ${count.failed}${note}`);
      ok &&= executed > 0 && count.failed === 0;
    }
  }
  for (const [group, { passed, failed }] of counts)
    if (!groups.includes(group)) {
      lines.push(passed + failed > 0 ? `${group}: passed ${passed}, failed ${failed}` : `${group}: not in the folder`);
      ok &&= failed === 0;
    }
  const covered = groups.filter((group) => counts.has(group));
  if (covered.length === 0) ok = false;
  return { lines, ok };
}

function fail(message) {
  console.error(`oracle: ${message}`);
  return 1;
}

function main() {
  const folder = resolve(root, process.env.SOFD_ORACLE || '../shared/oracle');
  if (!existsSync(folder))
    return fail(
      `expected fixture groups in ${folder}, got no such folder; set SOFD_ORACLE to the folder that has them.`,
    );
  const groups = findGroups(folder);
  if (groups.length === 0)
    return fail(
      `expected folders with a manifest.json in ${folder}, got none; set SOFD_ORACLE to the folder that has them.`,
    );
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  if (!existsSync(vitest)) return fail('expected the installed dependencies, got none; run npm test once.');

  const scratch = mkdtempSync(join(tmpdir(), 'sofd-oracle-'));
  const reportFile = join(scratch, 'report.json');
  const args = ['run', '--project', 'node', '--reporter=json', `--outputFile=${reportFile}`, '.parity.test.ts'];
  const { error } = spawnSync(process.execPath, [vitest, ...args], {
    cwd: root,
    // Only the folder: a compact fixture must not stand in for a group that it lacks.
    env: { ...process.env, SOFD_ORACLE: folder, SOFD_ORACLE_ONLY: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error !== undefined || !existsSync(reportFile)) {
    rmSync(scratch, { recursive: true, force: true });
    return fail(
      `expected a report of the tests, got none${error ? ` (${error.message})` : ''}; run npx vitest run parity.`,
    );
  }
  const outcome = countByGroup(JSON.parse(readFileSync(reportFile, 'utf8')));
  rmSync(scratch, { recursive: true, force: true });
  const { lines, ok } = judge(groups, outcome);
  for (const problem of outcome.problems) console.error(`${problem.trimEnd()}\n`);
  for (const line of lines) console.log(line);
  return ok ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exit(main());
