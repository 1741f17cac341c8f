/**
 * Sets rows in columns of equal width, numbers to the right.
 *
 * A library would draw borders and measure wide characters; our cells are names and numbers.
 *
 * @param header names of the columns
 * @param rows cells, as many a row as the header has
 * @returns a line each
 */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => String(row[column]).length)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => {
        const isNumber = typeof (rows[0]?.[column] ?? cell) === 'number';
        return isNumber ? String(cell).padStart(widths[column]!) : String(cell).padEnd(widths[column]!);
      })
      .join('  ')
      .trimEnd(),
  );
}
