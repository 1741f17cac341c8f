import { styleSheet } from '../style/style-sheet.js';
import { type Html, html, toText, trustedHtml } from './html.js';

/** A page and what it may do. */
export interface Page {
  readonly title: string;
  /** All of the body. */
  readonly body: Html;
  /** A script of this package, never of input. */
  readonly script?: string;
  /** Whether the server that gives the page also gives pictures. */
  readonly servesPictures?: boolean;
}

async function hashScript(script: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(script));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** The page may show pictures and its own style, run its own script, and nothing else, whatever stands in the data. */
async function createPolicy({ script, servesPictures = false }: Page): Promise<string> {
  return [
    "default-src 'none'",
    `img-src data:${servesPictures ? " 'self'" : ''}`,
    "style-src 'unsafe-inline'",
    ...(script === undefined ? [] : [`script-src '${await hashScript(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Renders a whole HTML file, UTF-8. */
export async function renderPage(page: Page): Promise<string> {
  const { title, body, script } = page;
  return toText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await createPolicy(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trustedHtml(styleSheet)}</style>
</head>
<body>
${body}
${script !== undefined && html`<script>${trustedHtml(script)}</script>\n`}</body>
</html>
`);
}
