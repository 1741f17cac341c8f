import { expect, test } from 'vitest';
import { createMemoryTree } from '../../../testing/memory-tree.js';
import { inspectSource } from '../inspect.js';

test('a CSV says everything: labels, methods, people, pairs, masks, frames', async () => {
  const table = [
    'path;label;manipulation;method;identity;group;split;real;mask',
    'r/1.png;real;;;ann;"shoot; day 1";train;;',
    'f/1.png;FAKE;;SimSwap;ann;;train;r/1.png;m/1.png',
    'v/9;1;reenactment;;;;val;;',
    'f/2.png;fake;makeup;paint;;;test;r/1.png;',
    'f/3.png;fake;;;;;;;',
    'f/4.png;perhaps;;;;;;;',
    'f/5.png;fake;;unheard-of;;;;;',
    'gone.png;real;;;;;;;',
  ].join('\r\n');
  const files = [
    'r/1.png',
    'f/1.png',
    'm/1.png',
    'v/9/2.png',
    'v/9/10.png',
    'f/2.png',
    'f/3.png',
    'f/4.png',
    'f/5.png',
    'x.png',
  ];
  const { source, items, problems, showable } = await inspectSource(createMemoryTree([['list.csv', table], ...files]));
  expect([source, showable]).toEqual(['csv', false]);
  expect(items).toMatchObject([
    {
      id: 'f/1.png',
      manipulation: 'identity-swap',
      method: 'SimSwap',
      groups: ['identity ann'],
      mask: ['m/1.png'],
      real: 'r/1.png',
    },
    { id: 'f/2.png', manipulation: 'makeup', groups: ['r/1'], split: 'test' },
    { id: 'r/1.png', identity: 'ann', groups: ['day 1', 'identity ann', 'shoot'] },
    { id: 'v/9', kind: 'frames', files: ['v/9/2.png', 'v/9/10.png'], manipulation: 'reenactment', split: 'validation' },
  ]);
  expect(problems.map(({ problem }) => problem)).toEqual([
    '1 of 8 files of list.csv missing: gone.png',
    'manipulations that only an annotation table of your own can label: makeup',
    '1 item left out: neither the column "manipulation" nor "method" says how it was made',
    '1 item left out: its label is neither real nor fake but "perhaps"',
    '1 item left out: the method unheard-of is not known; list it in a CSV with a column "manipulation"',
    '1 item left out: list.csv does not list it',
  ]);
});

test('a column may allow showing, and rows that do not parse are counted', async () => {
  const table = 'file,label,showable\na.png,real,yes\nb.png,real,yes,too,many\n';
  const { showable, problems } = await inspectSource(createMemoryTree([['l.csv', table], 'a.png', 'b.png']));
  expect(showable).toBe(true);
  expect(problems[0]!.problem).toMatch(/^1 rows do not parse, the first in row 3/);
});

test('without a CSV the source says what to write', async () => {
  await expect(inspectSource(createMemoryTree(['a.png']), { source: 'csv' })).rejects.toThrow(/columns path and label/);
});
