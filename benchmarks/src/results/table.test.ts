import { describe, expect, test } from 'vitest';
import { insertReport } from './report.js';
import type { Row } from './rows.js';
import { formatMarkdown, formatNumber, formatTable } from './table.js';

const row: Row = {
  name: 'forward, ViT-B/32, batch 1, native',
  ...{
    engine: 'native',
    threads: 1,
    peer: 'onnxruntime-node',
    unit: 'ms',
    ours: 61.25,
    theirs: 62.5,
    ratio: 1.02,
    goal: 1,
  },
  spread: { ours: [60, 63.5], theirs: [62, 64], ratio: [0.99, 1.04] },
  memory: { ours: 1204.2, theirs: 616.4 },
  peakShare: 0.63,
  difference: 2e-6,
  others: { PyTorch: 80.123 },
  absent: [],
  versions: { ours: 'OpenBLAS, Node 20', theirs: 'onnxruntime-node 1.30.0' },
  machine: {
    ...{ processor: 'Processor X', cores: 2, memoryGiB: 24, system: 'linux x64', date: '2026-11-23' },
    peak: { gflops: 146.3, vectors: 'AVX-512' },
  },
  profile: null,
};

const cellsOf = (line: string) =>
  line.split(' | ').map((cell) => cell.replaceAll('|', '').replaceAll('\u00a0', ' ').trim());

/** The lines of the table of one work. */
const tableOf = (rows: readonly Row[]) => formatMarkdown(rows).split('\n').slice(2).map(cellsOf);

describe('formatNumber', () => {
  test.each([
    [0.012345, '0.0123'],
    [1.5, '1.50'],
    [61.25, '61.3'],
    [1234.5, '1235'],
    [68, '68'],
    [0, '0'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('formatMarkdown', () => {
  test('has a cell for each heading', () => {
    const [headings, rule, line] = tableOf([row]);
    expect(rule).toHaveLength(headings!.length);
    expect(Object.fromEntries(headings!.map((heading, i) => [heading, line![i]]))).toMatchObject({
      engine: 'native',
      ours: '61.3 ms',
      peer: 'onnxruntime-node (PyTorch: 80.1)',
      ratio: '1.02',
      goal: '1 met',
      'MiB ours / theirs': '1204 / 616',
      'of peak': '63 %',
    });
  });

  test.each([
    [{ ratio: 0.9 }, '0.900', '1 missed'],
    [{ ratio: null }, 'refused', '1'],
    [{ ratio: null, peer: null, theirs: null }, '–', '1'],
    [{ goal: null }, '1.02', 'stated'],
  ])('says of %o that the ratio is %s and the goal %s', (changes, ratio, goal) => {
    const [headings, , line] = tableOf([{ ...row, ...changes }]);
    expect(line![headings!.indexOf('ratio')]).toBe(ratio);
    expect(line![headings!.indexOf('goal')]).toBe(goal);
  });
});

test('formatMarkdown has a table for each work', () => {
  const other = { ...row, name: 'training step, wasm in Node 24' };
  const text = formatMarkdown([row, { ...row, threads: 2 }, other]);
  expect(text.match(/^### .*$/gm)).toEqual(['### forward, ViT-B/32, batch 1', '### training step']);
  expect(text.match(/^\| native \| (\d)/gm)).toHaveLength(2);
  expect(text).toContain('| wasm in Node 24 | 1 |');
});

test('formatTable aligns its columns', () => {
  const lines = formatTable([row, { ...row, name: 'short', ours: 1000 }]).split('\n');
  const ends = lines.map((line) => line.indexOf('onnxruntime-node'));
  expect(lines).toHaveLength(3);
  expect(ends[1]).toBe(ends[2]);
  expect(lines[0]!.indexOf('peer')).toBe(ends[1]);
});

describe('insertReport', () => {
  const page = 'before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n';

  test('replaces what the markers enclose, and can do so again', () => {
    const once = insertReport(page, [row]);
    expect(once).toMatch(/^before\n<!-- bench -->\n[\s\S]*\n<!-- \/bench -->\nafter\n$/);
    expect(once).not.toContain('old');
    expect(once).toContain('Processor X, 2 cores, 24 GiB, linux x64. A core does at most 146 GFLOP/s (AVX-512).');
    expect(once).toContain('- onnxruntime-node 1.30.0');
    expect(insertReport(once, [row])).toBe(once);
  });

  test('refuses a page without markers', () => {
    expect(() => insertReport('a page', [row])).toThrow('<!-- bench -->');
  });
});
