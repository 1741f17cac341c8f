import { type DefaultTreeAdapterTypes, parse } from 'parse5';

/** An element of a parsed page. */
export interface PageElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text of the element and all below it, white space made single. */
  readonly text: string;
  readonly children: readonly PageElement[];
}

/** Parses a page as a browser would, and says where it broke the rules of HTML. */
export function parsePage(text: string): { readonly root: PageElement; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const document = parse(text, { onParseError: ({ code }) => errors.push(code) });
  const root = document.childNodes.map(toElement).find((element) => element !== null);
  if (!root) throw new Error('parsePage: expected an html element');
  return { root, errors };
}

/** All elements below an element, in page order, that satisfy a test. */
export function findAll(element: PageElement, test: (element: PageElement) => boolean): PageElement[] {
  return element.children.flatMap((child) => [...(test(child) ? [child] : []), ...findAll(child, test)]);
}

/** Elements with a class. */
export function findByClass(element: PageElement, name: string): PageElement[] {
  return findAll(element, ({ attributes }) => (attributes.class ?? '').split(' ').includes(name));
}

/** Elements with a tag. */
export function findByTag(element: PageElement, tag: string): PageElement[] {
  return findAll(element, (candidate) => candidate.tag === tag);
}

function toElement(node: DefaultTreeAdapterTypes.ChildNode): PageElement | null {
  if (!('tagName' in node)) return null;
  return {
    tag: node.tagName,
    attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
    text: readText(node).replace(/\s+/g, ' ').trim(),
    children: node.childNodes.map(toElement).filter((child) => child !== null),
  };
}

function readText(node: DefaultTreeAdapterTypes.ChildNode): string {
  if (node.nodeName === '#text') return (node as DefaultTreeAdapterTypes.TextNode).value;
  return 'childNodes' in node ? node.childNodes.map(readText).join('') : '';
}
