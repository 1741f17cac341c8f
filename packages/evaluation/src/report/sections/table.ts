import { EvaluationError } from '@sofd/core';
import { formatCount } from '../html/format.js';
import { type Html, html } from '../html/html.js';

/** A plain table, for what has no section of its own: seconds a stage, engines compared, files made. */
export interface TableSection {
  readonly kind: 'table';
  readonly title: string;
  readonly lead?: string;
  readonly columns: readonly string[];
  /** Numbers are set to the right, text to the left; each row has one cell for each column. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Renders the table; the first cell of a row is its heading. */
export function renderTable({ title, columns, rows }: TableSection): Html {
  const wrong = rows.findIndex((row) => row.length !== columns.length);
  if (wrong >= 0) {
    throw new EvaluationError(
      `renderReport: expected ${columns.length} cells in row ${wrong + 1} of table '${title}', got ${rows[wrong]!.length}; give a cell for each column`,
    );
  }
  const numeric = columns.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const print = (cell: string | number) => (typeof cell === 'number' ? formatNumber(cell) : cell);
  return html`<table class="table table-narrow">
<thead><tr>${columns.map((column, index) => html`<th scope="col"${numeric[index] && html` class="number"`}>${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) =>
        index === 0
          ? html`<th scope="row"><bdi>${print(cell)}</bdi></th>`
          : html`<td${numeric[index] && html` class="number"`}><bdi>${print(cell)}</bdi></td>`,
      )}</tr>`,
  )}</tbody>
</table>`;
}

/** Whole numbers with separators, others with what digits they need. */
function formatNumber(value: number): string {
  if (Number.isInteger(value)) return formatCount(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}
