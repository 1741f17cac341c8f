import { describe, expect, it } from 'vitest';
import { attacks, shapeOf } from '../../testing/attacks.js';
import { findAll, findByTag, parsePage } from '../../testing/page.js';
import { makeSyntheticReport } from '../../testing/synthetic-report.js';
import { escapeHtml, html, toText } from './html/html.js';
import { renderReport } from './render-report.js';

/** The same value with every text in it replaced, but for what the types fix to certain words and for pictures. */
function poison(value: unknown, attack: string, key = ''): unknown {
  const fixed = ['kind', 'label', 'verdict', 'intervalUnit'];
  if (typeof value === 'string')
    return (fixed.includes(key) && /^[a-z-]+$/.test(value)) || value.startsWith('data:') ? value : attack;
  if (Array.isArray(value)) return value.map((item) => poison(item, attack, key));
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      // Labels are keys: those of a face and of the label table.
      ['perLabel', 'labels', 'levels'].includes(key) ? `${attack} ${name}` : name,
      poison(item, attack, name),
    ]),
  );
}

/** Names of labels in a section must be the poisoned keys. */
function poisonReport(attack: string) {
  const report = makeSyntheticReport();
  const poisoned = poison(report, attack) as ReturnType<typeof makeSyntheticReport>;
  const sections = poisoned.sections.map((section, index) => {
    const original = report.sections[index]!;
    if (section.kind !== 'detections' || original.kind !== 'detections') return section;
    const rename = (names: readonly string[]) => names.map((name) => `${attack} ${name}`);
    return { ...section, attributes: rename(original.attributes), regions: rename(original.regions) };
  });
  return { ...poisoned, sections };
}

describe('a report of hostile names', async () => {
  const clean = parsePage(await renderReport(makeSyntheticReport())).root;

  it.each(attacks)('has the same elements and attributes as a clean one: %s', async (attack) => {
    const { root, errors } = parsePage(await renderReport(poisonReport(attack)));
    expect(errors).toEqual([]);
    expect(shapeOf(root)).toBe(shapeOf(clean));
    expect(findAll(root, ({ attributes }) => Object.keys(attributes).some((name) => name.startsWith('on')))).toEqual(
      [],
    );
  });

  it('shows the name as it is', async () => {
    const attack = attacks[0];
    const { root } = parsePage(await renderReport(poisonReport(attack)));
    expect(findByTag(root, 'h1')[0]!.text).toBe(attack);
    expect(findByTag(root, 'h3')[0]!.text).toBe(attack);
    expect(findByTag(root, 'dt').some(({ text }) => text.startsWith(`${attack} nose`))).toBe(true);
  });
});

describe('html', () => {
  it('escapes text and attributes, keeps its own markup, prints nothing for absent values', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(toText(html`<p title="${'"\'`'}">${inner}${null}${false}${[1, inner]}</p>`)).toBe(
      '<p title="&quot;&#39;&#96;"><b>&lt;&amp;&gt;</b>1<b>&lt;&amp;&gt;</b></p>',
    );
    expect(escapeHtml('a&b')).toBe('a&amp;b');
  });

  it('does not take data for markup, whatever its keys', () => {
    const forged = JSON.parse('{"markup":"<script>","html":"<script>","Symbol(markup)":"<script>"}');
    expect(() => toText(html`${forged}`)).not.toThrow();
    expect(toText(html`${forged}`)).not.toContain('<script>');
  });
});
