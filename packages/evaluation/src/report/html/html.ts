/** Only this module can make it, so markup never comes from data, not even from JSON. */
const markup = Symbol('markup');

/** Finished markup: what {@link html} returns, and the only thing that it does not escape. */
export interface Html {
  readonly [markup]: string;
}

/** What may stand in an {@link html} template; nothing is printed for `null`, `undefined` and `false`. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * Template tag that escapes every value, for text and for quoted attributes alike.
 *
 * @example
 * ```ts
 * toText(html`<p title="${'"'}">${'<b>'}</p>`); // <p title="&quot;">&lt;b&gt;</p>
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0]!;
  values.forEach((value, index) => {
    text += print(value) + strings[index + 1]!;
  });
  return { [markup]: text };
}

/** Trusted markup from a string that this package made (charts, style sheets); never from input. */
export function trustedHtml(text: string): Html {
  return { [markup]: text };
}

/** The markup as a string. */
export function toText(value: Html): string {
  return value[markup];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Escapes text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => entities[character]!);
}

function print(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) return value.map(print).join('');
  return value[markup];
}

function isList(value: Html | readonly HtmlValue[]): value is readonly HtmlValue[] {
  return Array.isArray(value);
}
