import { describe, expect, it } from 'vitest';
import { drawCrop, drawMask } from '../../../testing/draw.js';
import { findAll, findByClass, findByTag, parsePage } from '../../../testing/page.js';
import type { DatasetSample } from '../sections/samples.js';
import { filterScript } from './filter-script.js';
import { type ContactSheet, renderContactSheet } from './render-contact-sheet.js';

const swap: DatasetSample = {
  target: drawCrop(0.2),
  donor: drawCrop(0.6),
  mask: drawMask('mouth'),
  result: drawCrop(0.2, 'mouth'),
  label: 'fake',
  mode: 'region-swap',
  altered: ['physical inconsistency', 'mouth'],
  note: 'a-region-swap-mouth-0, train, person p1',
};
const original: DatasetSample = {
  target: null,
  donor: null,
  mask: null,
  result: drawCrop(0.5),
  label: 'real',
  mode: 'original',
  altered: [],
};
const sheet: ContactSheet = {
  title: 'Contact sheet',
  subtitle: 'From photographs',
  summary: ['3 images.'],
  counts: [
    { mode: 'region-swap', train: 1, validation: 0, test: 0 },
    { mode: 'original', train: 1, validation: 1, test: 0 },
  ],
  labelCounts: [{ label: 'mouth', train: 1, validation: 0, test: 0 }],
  skipped: [{ cause: 'too small', count: 2, example: 'party.jpg#4: eyes 12 pixels apart' }],
  samples: [swap, original],
};

async function read(change: Partial<ContactSheet> = {}) {
  const text = await renderContactSheet({ ...sheet, ...change });
  return { text, ...parsePage(text) };
}

describe('renderContactSheet', () => {
  it('writes valid HTML that refers to nothing outside, with a heading for every mode', async () => {
    const { text, root, errors } = await read();
    expect(errors).toEqual([]);
    expect(findByTag(root, 'h2').map((heading) => heading.text)).toEqual(['Images', 'Skipped', 'Samples']);
    expect(findByTag(root, 'h3').map((heading) => heading.text)).toEqual(['region-swap', 'original']);
    const sources = findAll(root, ({ attributes }) => attributes.src !== undefined || attributes.href !== undefined);
    expect(sources).toHaveLength(5);
    for (const { attributes } of sources) expect(attributes.src).toMatch(/^data:image\//);
    expect(text).not.toMatch(/url\(|@import|https?:/);
  });

  it('allows its own script alone to run', async () => {
    const { root } = await read();
    const policy = findByTag(root, 'meta').find(({ attributes }) => attributes['http-equiv'] !== undefined)!;
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(filterScript));
    const hash = Buffer.from(digest).toString('base64');
    expect(policy.attributes.content).toBe(
      `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
    expect(findByTag(root, 'script')).toHaveLength(1);
  });

  it('shows what an image was made from, its label in words and its id', async () => {
    const [first, second] = findByClass((await read()).root, 'sample');
    expect(findByTag(first!, 'figcaption').map(({ text }) => text)).toEqual(['target', 'donor', 'mask', 'result']);
    expect(first!.text).toContain('▲ fake');
    expect(first!.text).toContain('altered: physical inconsistency, mouth');
    expect(first!.text).toContain('a-region-swap-mouth-0, train, person p1');
    expect(findByTag(second!, 'figcaption').map(({ text }) => text)).toEqual(['result']);
    for (const { attributes } of findByTag(first!, 'img')) {
      expect(attributes.alt).toMatch(/^(target|donor|mask|result) of region-swap, physical inconsistency, mouth$/);
    }
  });

  it('counts modes with totals, labels without, and causes with an example', async () => {
    const [modes, labels, skipped] = findByTag((await read()).root, 'table');
    expect(findByTag(findByTag(modes!, 'tfoot')[0]!, 'td').map(({ text }) => text)).toEqual(['2', '1', '0', '3']);
    expect(findByTag(labels!, 'tfoot')).toEqual([]);
    expect(findByTag(skipped!, 'td').map(({ text }) => text)).toEqual(['2', 'party.jpg#4: eyes 12 pixels apart']);
  });

  it('offers every mode and label, and marks samples with them', async () => {
    const { root } = await read();
    const [modes, labels] = findByTag(root, 'select').map((select) => findByTag(select, 'option'));
    expect(modes!.map(({ text }) => text)).toEqual(['all', 'region-swap', 'original']);
    expect(labels!.map(({ text }) => text)).toEqual(['all', 'real', 'fake', 'mouth', 'physical inconsistency']);
    const marks = findByClass(root, 'sample').map(({ attributes }) => [
      attributes['data-mode'],
      attributes['data-labels'],
    ]);
    expect(marks).toEqual([
      ['0', '1 3 2'],
      ['1', '0'],
    ]);
  });

  it('shows a tile with words for what must not be shown, and counts it', async () => {
    const withheld = { withheld: 'not to be shown' };
    const { root } = await read({
      samples: [{ ...swap, target: withheld, donor: withheld, mask: withheld, result: withheld }, original],
    });
    const [first] = findByClass(root, 'sample');
    expect(findByTag(first!, 'img')).toEqual([]);
    expect(findByClass(first!, 'blank').map(({ text }) => text)).toEqual(Array(4).fill('not to be shown'));
    expect(findByClass(root, 'notice')[0]!.text).toMatch(/^1 sample is not shown/);
  });

  it('takes served pictures from its own server alone', async () => {
    const served = { ...original, result: { path: '/image?id=a%2Fb' } };
    const { root, text } = await read({ samples: [served], next: '/?seed=2' });
    expect(text).toContain('img-src data: &#39;self&#39;;');
    expect(findByTag(root, 'a').map(({ attributes }) => attributes.href)).toEqual([
      '/?seed=2#samples',
      '/image?id=a%2Fb',
    ]);
    for (const path of [
      '//elsewhere.example/a',
      'https://elsewhere.example/a',
      'image',
      '/image?id="',
      '/\\elsewhere',
    ]) {
      await expect(read({ samples: [{ ...original, result: { path } }] })).rejects.toThrow(/expected a path such as/);
    }
  });

  it('says so where there is nothing', async () => {
    const { root, text } = await read({ samples: [], skipped: [] });
    expect(text).toContain('There is nothing to show.');
    expect(text).toContain('Nothing was skipped.');
    expect(findByTag(root, 'script')).toEqual([]);
  });

  it('escapes all text', async () => {
    const attack = '"><script>alert(1)</script>';
    const clean = findAll((await read()).root, () => true).map(({ tag }) => tag);
    const { root, errors } = await read({
      title: attack,
      subtitle: attack,
      summary: [attack],
      counts: sheet.counts.map((count) => ({ ...count, mode: attack })),
      labelCounts: [{ ...sheet.labelCounts[0]!, label: attack }],
      skipped: [{ cause: attack, count: 2, example: attack }],
      samples: [
        { ...swap, mode: attack, altered: [attack, `${attack}2`], note: attack },
        { ...original, mode: `${attack}2` },
      ],
    });
    expect(errors).toEqual([]);
    expect(findAll(root, () => true).map(({ tag }) => tag)).toEqual(clean);
  });
});
