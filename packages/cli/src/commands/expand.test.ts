import type { ExpansionSummary } from '@sofd/dataset/node';
import { describe, expect, it } from 'vitest';
import { describeSummary } from './expand.js';

const summary: ExpansionSummary = {
  items: 9,
  faces: 8,
  identities: 7,
  skipped: [],
  conflicts: [],
  expanded: { 'region-swap': 3 },
  splits: { train: 2, validation: 1, test: 1 },
  made: { original: { train: 1, validation: 0, test: 0 }, 'region-swap': { train: 1, validation: 1, test: 1 } },
  agreement: null,
  digest: '',
  nothingToDo: false,
};

const conflictOf = (name: string, split: 'validation' | 'test') => ({
  ids: [`${name}.mp4`, `${name}-2.mp4`, `${name}-3.mp4`],
  published: { train: 1, validation: 1, test: 1 },
  split,
});

describe('describeSummary', () => {
  it('counts what was made of whom, and names neither skips nor conflicts where there are none', () => {
    expect(describeSummary(summary)).toEqual([
      '8 faces of 7 people in 9 photographs and videos.',
      '',
      'made         train  validation  test',
      'original         1           0     0',
      'region-swap      1           1     1',
      '',
    ]);
  });

  it('counts skips by cause, the most frequent first', () => {
    const skip = (cause: 'no face' | 'too small') => ({ file: 'a.png', cause, reason: 'why' });
    const lines = describeSummary({ ...summary, skipped: [skip('too small'), skip('no face'), skip('no face')] });
    expect(lines.slice(5, -1)).toEqual([
      '',
      'skipped    count',
      'no face        2',
      'too small      1',
      'dataset.json says what was skipped and why.',
    ]);
  });

  it('says in a line what was published in several splits, and names the first', () => {
    const [one] = describeSummary({ ...summary, conflicts: [conflictOf('id0', 'test')] }).slice(6);
    expect(one).toBe(
      'Published in several splits, though they share a person or a group, and now in one each: ' +
        '1 group of photographs or videos (id0.mp4 and 2 more in test). dataset.json lists them.',
    );
    const names = ['id0', 'id1', 'id2', 'id3', 'id4'];
    const conflicts = names.map((name) => conflictOf(name, name === 'id1' ? 'validation' : 'test'));
    const [many] = describeSummary({ ...summary, conflicts }).slice(6);
    expect(many).toContain(
      '5 groups of photographs or videos (id0.mp4 and 2 more in test; id1.mp4 and 2 more in validation; ' +
        'id2.mp4 and 2 more in test; 2 more groups)',
    );
  });
});
