import { type Html, html } from './html.js';
import { renderPage } from './page.js';

/** A section that is drawn already. */
export interface DrawnSection {
  readonly title: string;
  /** A sentence or two below the title. */
  readonly lead?: string | undefined;
  readonly body: Html;
}

/** Title, summary and sections of a page. */
export interface ReportFrame {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly summary: readonly string[];
  readonly sections: readonly DrawnSection[];
  readonly footer?: string | undefined;
}

/** Renders a report's whole file: header, links to the sections, sections, footer. */
export async function renderReportPage({ title, subtitle, summary, sections, footer }: ReportFrame): Promise<string> {
  const body = html`<header class="head">
<h1>${title}</h1>
${subtitle && html`<p class="subtitle">${subtitle}</p>`}
<div class="summary">${summary.map((sentence) => html`<p>${sentence}</p>`)}</div>
${sections.length > 1 && html`<nav aria-label="Sections"><ul>${sections.map((section, index) => html`<li><a href="#section-${index + 1}">${section.title}</a></li>`)}</ul></nav>`}
</header>
<main>${sections.map((section, index) => wrapSection(section, `section-${index + 1}`))}</main>
${footer && html`<footer class="foot"><p>${footer}</p></footer>`}`;
  return await renderPage({ title, body });
}

function wrapSection({ title, lead, body }: DrawnSection, id: string): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${lead && html`<p class="lead">${lead}</p>`}
${body}
</section>
`;
}
