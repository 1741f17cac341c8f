import { decodeHTML } from 'entities';

/**
 * White space within a text as CLIP's tokenizer knows it, Unicode's: U+0085 counts and the byte-order mark does not,
 * which is the other way round in a regular expression of JavaScript.
 */
export const whitespace = '\\t-\\r\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const runs = new RegExp(`[${whitespace}]+`, 'gu');
/** Around a text the separators U+001C to U+001F count too. */
const around = new RegExp(`^[${whitespace}\\x1c-\\x1f]+|[${whitespace}\\x1c-\\x1f]+$`, 'gu');

/** Numeric references that stand for characters of Windows-1252, by the HTML standard. */
const windows1252 = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
  0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
];

/** Control characters and non-characters, which vanish. */
const isInvalid = (code: number): boolean =>
  (code >= 0x1 && code <= 0x8) ||
  (code >= 0xe && code <= 0x1f) ||
  (code >= 0x7f && code <= 0x9f) ||
  (code >= 0xfdd0 && code <= 0xfdef) ||
  code === 0xb ||
  (code & 0xfffe) === 0xfffe;

function decodeNumber(code: number): string {
  if (code === 0x0d) return '\r';
  if (code >= 0x80 && code <= 0x9f) return String.fromCodePoint(windows1252[code - 0x80]!);
  if (code === 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return '\ufffd';
  return isInvalid(code) ? '' : String.fromCodePoint(code);
}

/** Character references as Python's `html.unescape` reads them: by the HTML standard, but invalid numbers vanish. */
function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(?:([0-9]+)|[xX]([0-9a-fA-F]+));?|[^\t\n\f <&#;]{1,32};?)/gu,
    (match, decimal, hexadecimal) => {
      if (decimal !== undefined) return decodeNumber(Number.parseInt(decimal, 10));
      if (hexadecimal !== undefined) return decodeNumber(Number.parseInt(hexadecimal, 16));
      return decodeHTML(match);
    },
  );
}

/**
 * A text as CLIP's tokenizer sees it: character references resolved twice, white space collapsed, small letters.
 *
 * The published tokenizer also repairs wrongly decoded text (ftfy), which this does not: for text without such damage the
 * two agree.
 */
export function cleanText(text: string): string {
  return unescapeHtml(unescapeHtml(text)).replace(around, '').replace(runs, ' ').toLowerCase();
}
