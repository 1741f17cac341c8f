import { EvaluationError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { drawCrop } from '../../testing/draw.js';
import { findAll, findByClass, findByTag, parsePage } from '../../testing/page.js';
import { makeSyntheticReport } from '../../testing/synthetic-report.js';
import { renderReport } from './render-report.js';
import type { DetectionsSection } from './sections/detections.js';

const data = makeSyntheticReport();
const text = await renderReport(data);
const { root, errors } = parsePage(text);

function sectionOf<Kind extends (typeof data.sections)[number]['kind']>(kind: Kind) {
  return data.sections.find((section) => section.kind === kind) as Extract<
    (typeof data.sections)[number],
    { kind: Kind }
  >;
}

describe('renderReport', () => {
  it('writes valid HTML with a title, one h1, and a heading for every section', () => {
    expect(errors).toEqual([]);
    expect(findByTag(root, 'title').map((element) => element.text)).toEqual([data.title]);
    expect(findByTag(root, 'h1')).toHaveLength(1);
    expect(findByTag(root, 'h2').map((element) => element.text)).toEqual([
      'Overview',
      'Data set',
      'Training',
      'Evaluation',
      'Detections',
      'Seconds by stage',
    ]);
  });

  it('refers to nothing outside itself, and to no script', () => {
    const urls = findAll(root, () => true).flatMap(({ attributes }) =>
      ['src', 'href', 'xlink:href', 'srcset', 'action', 'data'].flatMap((name) => attributes[name] ?? []),
    );
    expect(urls.length).toBeGreaterThan(10);
    expect(urls.filter((url) => !/^(?:data:image\/(?:png|jpeg|webp|gif);base64,|#)/.test(url))).toEqual([]);
    expect(
      findAll(root, ({ tag }) => ['script', 'link', 'iframe', 'object', 'embed', 'base', 'form'].includes(tag)),
    ).toEqual([]);
    expect(text).not.toMatch(/url\(|@import|https?:/);
    const policy = findByTag(root, 'meta').find(
      ({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy',
    );
    expect(policy?.attributes.content).toMatch(/^default-src 'none'; img-src data:; style-src 'unsafe-inline'/);
  });

  it('leads every link inside to an element that is there, and gives no id twice', () => {
    const ids = findAll(root, ({ attributes }) => attributes.id !== undefined).map(({ attributes }) => attributes.id!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of findByTag(root, 'a')) expect(ids).toContain(attributes.href?.slice(1));
  });

  it('describes every picture and every chart', () => {
    for (const { attributes } of findByTag(root, 'img')) expect(attributes.alt).toBeTruthy();
    const charts = findAll(root, ({ attributes }) => attributes.role === 'img');
    expect(charts).toHaveLength(5);
    for (const { attributes } of charts) expect(attributes['aria-label']?.length).toBeGreaterThan(20);
  });

  it('gives the same bytes for the same data', async () => {
    expect(await renderReport(makeSyntheticReport())).toBe(text);
  });

  it('refuses a section of an unknown kind', async () => {
    const unknown = { kind: 'chart' } as unknown as (typeof data.sections)[number];
    await expect(renderReport({ title: 't', summary: [], sections: [unknown] })).rejects.toThrow(/got 'chart'/);
  });
});

describe('the sections', () => {
  it('overview: prints figures with intervals, and the caveat', () => {
    const [tile] = findByClass(root, 'tile');
    expect(tile?.text).toContain('0.83 95 % interval 0.70–0.93');
    expect(findByClass(root, 'notice')[0]?.text).toBe(sectionOf('overview').notice);
  });

  it('data set: counts add up in rows and columns', () => {
    const table = findByTag(root, 'table')[0]!;
    const cells = findByTag(findByTag(table, 'tfoot')[0]!, 'td').map((cell) => cell.text);
    expect(cells).toEqual(['80', '20', '20', '120']);
    const swap = findByTag(table, 'tr').find((row) => row.text.startsWith('region-swap'))!;
    expect(findByTag(swap, 'td').map((cell) => cell.text)).toEqual(['48', '12', '12', '72']);
  });

  it('data set: shows target, mask and result of every sample, and says when nothing was altered', () => {
    const samples = findByClass(root, 'sample');
    expect(samples.map((sample) => findByTag(sample, 'figcaption').map(({ text }) => text))).toEqual(
      samples.map(() => ['target', 'mask', 'result']),
    );
    expect(samples.map((sample) => findByTag(sample, 'img').length)).toEqual([3, 3, 3, 3, 2]);
    expect(findByTag(samples[1]!, 'img')[1]!.attributes.alt).toBe('mask of region-swap, identity, mouth');
    expect(samples[1]?.text).toContain('altered: identity, mouth');
    expect(samples[4]?.text).toContain('nothing altered');
  });

  it('training: draws one curve a task and names it in the legend', () => {
    const figures = findByClass(root, 'figure');
    expect(findByTag(findByClass(figures[1]!, 'legend')[0]!, 'li').map((entry) => entry.text)).toEqual([
      'primary',
      'global',
      'local',
    ]);
    for (const series of [1, 2, 3]) {
      const strokes = findByTag(figures[1]!, 'path').filter(
        ({ attributes }) => attributes.stroke === `var(--series-${series})`,
      );
      // The curve and its legend entry.
      expect(strokes.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('evaluation: the table has every label, with its AUC or the reason why not', () => {
    const { summary } = sectionOf('evaluation');
    const table = findByTag(root, 'table')[1]!;
    const rows = findByTag(findByTag(table, 'tbody')[0]!, 'tr');
    expect(rows).toHaveLength(Object.keys(summary.perLabel).length);
    Object.entries(summary.perLabel).forEach(([label, result], index) => {
      expect(rows[index]!.text.startsWith(label)).toBe(true);
      expect(rows[index]!.text).toContain(result.auc === null ? result.reason : result.auc.toFixed(2));
    });
  });

  it('detections: a box, a numbered link and a card for each face, at the right place', () => {
    const photo = findByClass(root, 'photo')[0]!;
    const section = sectionOf('detections');
    const [{ faces, width }] = section.photos as readonly [DetectionsSection['photos'][number]];
    const boxes = findByClass(photo, 'box-line');
    expect(boxes.map(({ attributes }) => Number(attributes.x))).toEqual(faces.map(({ box }) => box!.x));
    const tags = findByClass(photo, 'tag');
    expect(tags.map((tag) => tag.text)).toEqual(['1', '2', '3']);
    expect(tags[1]!.attributes.style).toContain(`left:${((100 * faces[1]!.box!.x) / width).toFixed(2)}%`);
    const cards = findByClass(photo, 'face');
    expect(cards.map((card) => findByClass(card, 'badge')[0]!.text)).toEqual(['✓ real', '▲ fake', '? uncertain']);
    for (const card of cards)
      expect(findByClass(card, 'bar')).toHaveLength(section.attributes.length + section.regions.length);
    expect(findByClass(cards[1]!, 'bar-altered').map((bar) => bar.text.split(',')[0])).toEqual([
      'identity',
      'lip',
      'mouth',
    ]);
  });

  it('detections: a photo without faces says so and has no list', () => {
    const empty = findByClass(root, 'photo')[1]!;
    expect(findByClass(empty, 'badge')[0]!.text).toBe('– no face');
    expect(findByClass(empty, 'faces')).toEqual([]);
  });
});

describe('input that does not fit', () => {
  const render = (section: (typeof data.sections)[number]) =>
    renderReport({ title: 't', summary: [], sections: [section] });

  it.each([
    ['a link instead of a picture', 'https://example.org/a.png'],
    ['an SVG', 'data:image/svg+xml;base64,PHN2Zy8+'],
    ['an attribute break-out', 'data:image/png;base64,AAAA" onerror="x'],
    ['bytes of no picture', Uint8Array.of(1, 2, 3, 4)],
  ])('refuses %s', async (_, image) => {
    const dataset = sectionOf('dataset');
    const broken = { ...dataset, samples: [{ ...dataset.samples[0]!, mask: image }] };
    await expect(render(broken)).rejects.toThrow(EvaluationError);
    await expect(render(broken)).rejects.toThrow(/sample 1 of the data set, mask: expected/);
  });

  it('refuses a training record that is not finite, with its step', async () => {
    const training = sectionOf('training');
    const broken = { ...training, steps: [{ step: 17, losses: [0.1, Number.NaN, 0.2], weights: [1, 1, 1] }] };
    await expect(render(broken)).rejects.toThrow(/3 finite losses at step 17/);
  });

  it('refuses a face without a label that the section names', async () => {
    const detections = sectionOf('detections');
    await expect(render({ ...detections, regions: ['ear'] })).rejects.toThrow(/label 'ear'/);
  });

  it('refuses a table row that is too short', async () => {
    await expect(render({ kind: 'table', title: 'x', columns: ['a', 'b'], rows: [['1']] })).rejects.toThrow(
      /2 cells in row 1/,
    );
  });

  it('renders sections without content', async () => {
    const page = parsePage(
      await renderReport({
        title: 'empty',
        summary: [],
        sections: [
          { kind: 'overview', figures: [] },
          { kind: 'dataset', counts: [], samples: [] },
          { kind: 'training', tasks: [], steps: [], validation: [] },
          { kind: 'detections', attributes: [], regions: [], photos: [] },
        ],
      }),
    );
    expect(page.errors).toEqual([]);
    expect(findByTag(page.root, 'h2')).toHaveLength(4);
  });

  it('embeds bytes exactly', async () => {
    const bytes = drawCrop(0.3);
    const dataset = sectionOf('dataset');
    const page = parsePage(await render({ ...dataset, samples: [{ ...dataset.samples[0]!, target: bytes }] }));
    const source = findByTag(page.root, 'img')[0]!.attributes.src!;
    expect(Buffer.from(source.split(',')[1]!, 'base64').equals(bytes)).toBe(true);
  });
});
