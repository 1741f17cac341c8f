/** The element of index.html with this id. */
export function byId<Element extends HTMLElement = HTMLElement>(id: string): Element {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no element #${id}`);
  return element as Element;
}

type Properties = Record<string, string | number>;

/** A new element; text goes in as text, so that nothing a file or a model says is read as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) created.setAttribute(name, String(value));
  created.append(...children);
  return created;
}

/** 0.1234 as `12 %`; never 0 % or 100 %, which no model can know. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded < 1) return '<1 %';
  return rounded > 99 ? '>99 %' : `${rounded} %`;
}
