import type { PageElement } from './page.js';

/** Names that would break out of a page that does not escape them. */
export const attacks = [
  '<img src=x onerror=alert(1)>.png',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '</style><script>alert(1)</script>',
  '<!-- --><svg onload=alert(1)>',
  '</title><svg/onload=alert(1)>',
  '&lt;b&gt; `y` {{z}} %3Cb%3E',
] as const;

/** Elements and names of attributes of a page, without any of its words. */
export const shapeOf = (element: PageElement): string =>
  `${element.tag}[${Object.keys(element.attributes).join(' ')}](${element.children.map(shapeOf).join('')})`;
