import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Report {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { ancestorTitles: string[]; title: string; status: string; failureMessages?: string[] }[];
  }[];
}
type Outcome = { counts: Map<string, { passed: number; failed: number; skipped: number }>; problems: string[] };

// Not a TypeScript module; what it exports is written down here.
const { findGroups, countByGroup, judge } = (await import(
  new URL('../../../tools/oracle.mjs', import.meta.url).href
)) as {
  findGroups: (folder: string) => string[];
  countByGroup: (report: Report) => Outcome;
  judge: (groups: string[], outcome: Outcome) => { lines: string[]; ok: boolean };
};

const test = (group: string, status: string) => ({
  ancestorTitles: [`oracle ${group} (full)`, 'inner'],
  title: 't',
  status,
  failureMessages: status === 'failed' ? ['expected 1'] : [],
});
const file = (...tests: ReturnType<typeof test>[]): Report['testResults'][number] => ({
  name: '/x/a.parity.test.ts',
  status: tests.some(({ status }) => status === 'failed') ? 'failed' : 'passed',
  assertionResults: tests,
});
const run = (groups: string[], ...files: Report['testResults']) => judge(groups, countByGroup({ testResults: files }));

describe('pnpm test:oracle', () => {
  it('finds groups two levels deep', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sofd-oracle-test-'));
    for (const group of ['a', 'b/c', 'd/e/f']) {
      mkdirSync(join(folder, group), { recursive: true });
      writeFileSync(join(folder, group, 'manifest.json'), '{}');
    }
    expect(findGroups(folder)).toEqual(['a', 'b/c']);
    rmSync(folder, { recursive: true });
  });

  it('prints a line a group and passes where all that is covered passes', () => {
    const outcome = run(['a', 'b', 'c/d'], file(test('a', 'passed'), test('a', 'passed')), file(test('c/d', 'passed')));
    expect(outcome).toEqual({
      ok: true,
      lines: ['a: passed 2, failed 0', 'b: no parity test', 'c/d: passed 1, failed 0'],
    });
  });

  it('fails where a test fails', () => {
    expect(run(['a'], file(test('a', 'passed'), test('a', 'failed')))).toEqual({
      ok: false,
      lines: ['a: passed 1, failed 1'],
    });
  });

  it('fails where a covered group has only skipped tests', () => {
    const { ok, lines } = run(['a', 'b'], file(test('a', 'skipped')), file(test('b', 'passed'), test('b', 'skipped')));
    expect(ok).toBe(false);
    expect(lines).toEqual(['a: passed 0, failed 0 (no test was executed)', 'b: passed 1, failed 0, skipped 1']);
  });

  it('fails where a file cannot be loaded, though no test of it failed', () => {
    const broken = { name: '/x/b.parity.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
    expect(run(['a'], file(test('a', 'passed')), broken).ok).toBe(false);
    expect(countByGroup({ testResults: [broken] }).problems[0]).toMatch(
      /b\.parity\.test\.ts: could not be run\nno such/,
    );
  });

  it('fails where nothing at all was tested', () => {
    expect(run(['a']).ok).toBe(false);
  });

  it('does not mind tests of groups that the folder lacks', () => {
    expect(run(['a'], file(test('a', 'passed'), test('z', 'skipped')))).toEqual({
      ok: true,
      lines: ['a: passed 1, failed 0', 'z: not in the folder'],
    });
  });
});
