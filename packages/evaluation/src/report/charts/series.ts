/** Series differ in colour and in dash, for print and for readers who do not tell the colours apart. */
const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2.5],
  [9, 3, 2, 3],
  [4, 2],
  [1, 3],
];
const colorCount = 6;

/** The page's colour of a series; they repeat after six. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % colorCount) + 1})`;
}

/** The dash of a series, as an SVG dash array. */
export function seriesDash(index: number): readonly number[] {
  return dashes[index % dashes.length]!;
}
